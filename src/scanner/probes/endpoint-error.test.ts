import { expect, test } from 'vitest';
import { endpointError } from './endpoint-error.ts';

const context = { timeoutMs: 1000, signal: new AbortController().signal };
const words =
  '40EDEC7D1D7F0000:error:0A00010B:SSL routines:tls_validate_record_header:wrong version number:../ssl/x.c:77:';

test.each([
  Object.assign(new Error(`write EPROTO ${words}\n`), { code: 'EPROTO' }),
  Object.assign(new Error(words), { code: 'ERR_SSL_WRONG_VERSION_NUMBER', reason: 'wrong version number' }),
])('plain text under TLS is told the same, whether the answer was read or a write failed: $code', (error) => {
  expect(endpointError(error, context, 'handshaking')).toEqual({
    code: 'handshake_failed',
    message: 'the server does not speak TLS on this port: wrong version number',
  });
});
