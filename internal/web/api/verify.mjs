// SPDX-License-Identifier: Apache-2.0

import { createHmac, timingSafeEqual } from 'node:crypto';

// secret: whsec_…; headers: by their names in lower case; body: as it came, not parsed
export function verified(secret, headers, body) {
  const { 'webhook-id': name, 'webhook-timestamp': at } = headers;
  if (!(Math.abs(Date.now() / 1000 - at) < 300)) return false;
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const mac = createHmac('sha256', key).update(`${name}.${at}.`).update(body);
  const good = Buffer.from('v1,' + mac.digest('base64'));
  return headers['webhook-signature'].split(' ').map((s) => Buffer.from(s))
    .some((s) => s.length === good.length && timingSafeEqual(s, good));
}
