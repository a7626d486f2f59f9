# The one image of Plimsoll: manager, backup service, scanner, migrator and every command. docs/image.md says what is in it.
#
#   docker build -t plimsoll:1.0.0 --build-arg IMAGE_SHA="$(git rev-parse HEAD)" .

ARG NODE_IMAGE=node:24-bookworm-slim

# ---- the program, its pages and the packages it loads by name ------------------------------------------------------
FROM ${NODE_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN node scripts/build-image-root.ts /image

# ---- pg_dump, pg_restore and psql ----------------------------------------------------------------------------------
# pgdg: PostgreSQL's own packages, of any major version. debian: Debian's, in the one version that its release has,
# for where only a mirror of Debian is reached; pg_dump refuses a server that is newer than itself.
FROM ${NODE_IMAGE} AS postgres-client
ARG PG_CLIENT_SOURCE=pgdg
ARG PG_CLIENT_VERSION=18
ARG PGDG_URL=http://apt.postgresql.org/pub/repos/apt
COPY deploy/image/fetch-postgres-client /usr/local/bin/
RUN fetch-postgres-client "${PG_CLIENT_SOURCE}" "${PG_CLIENT_VERSION}" "${PGDG_URL}" /client

# ---- the image -----------------------------------------------------------------------------------------------------
FROM ${NODE_IMAGE}
COPY --from=postgres-client /client/apt /etc/apt
RUN apt-get update -qq \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends libpq5 libreadline8 tini \
 && rm -rf /var/lib/apt/lists/* /var/log/apt /var/log/dpkg.log \
 && groupadd --system --gid 10001 plimsoll \
 && useradd --system --uid 10001 --gid plimsoll --home-dir /var/lib/plimsoll --shell /usr/sbin/nologin plimsoll \
 && install -d -o plimsoll -g plimsoll -m 0700 /var/lib/plimsoll
COPY --from=postgres-client /client/bin /usr/local/bin
COPY deploy/image/plimsoll deploy/image/plimsoll-ask /usr/local/bin/
COPY --from=build /image /opt/plimsoll
# Every program is there and finds its libraries: not at the first backup, at the build.
RUN pg_dump --version && pg_restore --version && psql --version && plimsoll --help >/dev/null

ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    BACKUP_HOST=0.0.0.0 \
    DATA_DIR=/var/lib/plimsoll \
    PG_BIN=/usr/local/bin
USER plimsoll
WORKDIR /var/lib/plimsoll
EXPOSE 8080
# Of the manager, which is what runs unless another command is given; the other parts bring their own. It asks whether
# the process lives, not whether it is ready: a manager with a closed gate still serves Admin > Release.
HEALTHCHECK --interval=10s --timeout=10s --start-period=30s CMD ["plimsoll-ask", "http://127.0.0.1:8080/livez"]
ENTRYPOINT ["plimsoll"]
CMD ["manager"]

# Last, so that a new commit changes nothing above. VERSION is that of release.json: `plimsoll release check` sees to it.
ARG VERSION=1.0.0
ARG CREATED=
ARG IMAGE_SHA=unknown
ENV IMAGE_SHA=${IMAGE_SHA}
LABEL org.opencontainers.image.title="Plimsoll" \
      org.opencontainers.image.description="Manager for a fleet of scanners that knows whether it is fit to run and safe to upgrade" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${IMAGE_SHA}" \
      org.opencontainers.image.created="${CREATED}"
