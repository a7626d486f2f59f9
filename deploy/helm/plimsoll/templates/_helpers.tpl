{{/* Release names that hold the chart's name are not said twice. */}}
{{- define "plimsoll.fullname" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* Of a part: dict "root" . "part" "manager". */}}
{{- define "plimsoll.selector" -}}
app.kubernetes.io/name: plimsoll
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .part }}
{{- end -}}

{{- define "plimsoll.labels" -}}
{{ include "plimsoll.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end -}}

{{- define "plimsoll.metadata" -}}
name: {{ include "plimsoll.fullname" .root }}-{{ .part }}
labels: {{- include "plimsoll.labels" . | nindent 2 }}
{{- end -}}

{{/* dict "root" . "image" .Values.image */}}
{{- define "plimsoll.image" -}}
{{- if .image.digest -}}
{{ .image.repository }}@{{ .image.digest }}
{{- else -}}
{{ .image.repository }}:{{ .image.tag | default .root.Chart.AppVersion }}
{{- end -}}
{{- end -}}

{{/* The image runs as this user; by number, for a name does not prove that it is not root. */}}
{{- define "plimsoll.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
fsGroupChangePolicy: OnRootMismatch
seccompProfile: { type: RuntimeDefault }
{{- end -}}

{{- define "plimsoll.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
capabilities: { drop: [ALL] }
{{- end -}}

{{/* What every pod says of itself and where it may run: dict "root" . "part" "manager". */}}
{{- define "plimsoll.pod" -}}
serviceAccountName: {{ include "plimsoll.fullname" .root }}-{{ .part }}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext: {{- include "plimsoll.podSecurity" . | nindent 2 }}
{{- with .root.Values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end -}}

{{- define "plimsoll.container" -}}
image: {{ include "plimsoll.image" (dict "root" .root "image" .root.Values.image) | quote }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
securityContext: {{- include "plimsoll.containerSecurity" . | nindent 2 }}
{{- end -}}

{{- define "plimsoll.secretName" -}}
{{- .Values.secrets.existingSecret | default (printf "%s-secrets" (include "plimsoll.fullname" .)) -}}
{{- end -}}

{{/* The URLs of one role as files, under the prefix of its settings: dict "role" "app" "prefix" "". */}}
{{- define "plimsoll.urlSettings" -}}
{{- range $name := list "config" "results" "jobs" }}
- { name: {{ $.prefix }}{{ upper $name }}_DATABASE_URL_FILE, value: /run/secrets/{{ $name }}_{{ $.role }}_url }
{{- end }}
{{- end -}}

{{- define "plimsoll.backupServiceSettings" -}}
- { name: BACKUP_SERVICE_URL, value: 'http://{{ include "plimsoll.fullname" . }}-backup:8081' }
- { name: BACKUP_SERVICE_TOKEN_FILE, value: /run/secrets/backup_service_token }
{{- end -}}

{{- define "plimsoll.migratorCommand" -}}
- name: MIGRATOR_COMMAND
  value: kubectl -n {{ .Release.Namespace }} exec -it deploy/{{ include "plimsoll.fullname" . }}-operator -- plimsoll migrator
{{- end -}}

{{/* Names and values of settings that are not secret. */}}
{{- define "plimsoll.moreSettings" -}}
{{- range $name, $value := . }}
- { name: {{ $name }}, value: {{ $value | toString | quote }} }
{{- end }}
{{- end -}}

{{/* One folder of secrets, of each only what is named: dict "root" . "roles" (list "app") "own" (list "session_secret") "prove" true "s3" true "more" .Values.manager.secretSettings. */}}
{{- define "plimsoll.secretsVolume" -}}
- name: secrets
  projected:
    defaultMode: 0440
    sources:
      {{- if or .roles .prove }}
      - secret:
          name: {{ .root.Values.databases.existingSecret }}
          items:
            {{- range $role := .roles }}
            {{- range $name := list "config" "results" "jobs" }}
            - { key: {{ $name }}_{{ $role }}_url, path: {{ $name }}_{{ $role }}_url }
            {{- end }}
            {{- end }}
            {{- if .prove }}
            - { key: prove_url, path: prove_url }
            {{- end }}
      {{- end }}
      {{- if .own }}
      - secret:
          name: {{ include "plimsoll.secretName" .root }}
          items:
            {{- range .own }}
            - { key: {{ . }}, path: {{ . }} }
            {{- end }}
      {{- end }}
      {{- if and .s3 .root.Values.backup.s3Secret }}
      - secret:
          name: {{ .root.Values.backup.s3Secret }}
          items: [{ key: backup_s3_url, path: backup_s3_url }]
      {{- end }}
      {{- with .more }}
      {{- if .names }}
      - secret:
          name: {{ required "manager.secretSettings.existingSecret: name the Secret that has them" .existingSecret }}
          items:
            {{- range .names }}
            - { key: {{ lower . }}, path: {{ lower . }} }
            {{- end }}
      {{- end }}
      {{- end }}
{{- if .root.Values.databases.caSecret }}
- name: ca
  secret:
    secretName: {{ .root.Values.databases.caSecret }}
    defaultMode: 0440
    items: [{ key: {{ .root.Values.databases.caKey }}, path: ca.crt }]
{{- end }}
- name: tmp
  emptyDir: { sizeLimit: 64Mi }
{{- end -}}

{{- define "plimsoll.mounts" -}}
- { name: secrets, mountPath: /run/secrets, readOnly: true }
{{- if .Values.databases.caSecret }}
- { name: ca, mountPath: /run/ca, readOnly: true }
{{- end }}
- { name: tmp, mountPath: /tmp }
- { name: state, mountPath: /var/lib/plimsoll }
{{- end -}}
