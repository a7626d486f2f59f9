import type { Transporter } from 'nodemailer';
import { messageOf, type Secret } from '../../base/index.ts';
import { bodyText, subjectLine } from '../text.ts';
import type { Channel, Message } from '../types.ts';

const timeoutMs = 15_000;

export interface EmailOptions {
  /** `smtps://user:password@host:465`, or `smtp://…:587`, which has to be encrypted by STARTTLS. */
  readonly smtpUrl: Secret;
  readonly from: string;
  readonly to: readonly string[];
  /** Authorities to trust beside those of the machine. */
  readonly ca?: string;
}

/** Mails each message to all addresses at once. The id of the message is that of the mail, so a double is one mail. */
export function createEmail(options: EmailOptions): Channel {
  const { hostname } = new URL(options.smtpUrl.reveal());
  let transport: Promise<Transporter> | undefined;
  return {
    name: 'email',
    destination: `${options.to.join(', ')} through ${hostname}`,
    send: async (message) => {
      try {
        transport ??= open(options);
        await (await transport).sendMail(mailOf(message, options));
        return { kind: 'delivered' };
      } catch (error) {
        const reason = messageOf(error).replaceAll(/\s+/g, ' ');
        return { kind: isRefusal(error) ? 'refused' : 'failed', reason };
      }
    },
  };
}

async function open({ smtpUrl, ca }: EmailOptions): Promise<Transporter> {
  const { createTransport } = await import('nodemailer');
  const url = new URL(smtpUrl.reveal());
  const secure = url.protocol === 'smtps:';
  const user = decodeURIComponent(url.username);
  return createTransport({
    host: url.hostname.replaceAll(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    secure,
    // Nothing goes out in the clear, but to a relay on this very machine.
    requireTLS: !secure && !isLoopback(url.hostname),
    ...(user === '' ? {} : { auth: { user, pass: decodeURIComponent(url.password) } }),
    ...(ca === undefined ? {} : { tls: { ca } }),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

function isLoopback(hostname: string): boolean {
  return /^(localhost|127\..*|\[::1\])$/.test(hostname);
}

function mailOf(message: Message, { from, to }: EmailOptions) {
  return {
    from,
    to: [...to],
    subject: subjectLine(message),
    text: bodyText(message),
    messageId: `<${message.id}@plimsoll.invalid>`,
    date: new Date(message.at),
    // So that no absence notice comes back, and mail programs show it as what it is.
    headers: {
      'Auto-Submitted': 'auto-generated',
      ...(message.severity === 'critical' ? { Importance: 'high' } : {}),
    },
  };
}

/** The server has refused the message itself for good (5xx); what concerns the login or the connection may be mended. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, responseCode } = error as { code?: unknown; responseCode?: unknown };
  return code === 'EMESSAGE' && typeof responseCode === 'number' && responseCode >= 500;
}
