// Queries made by chance from a seed: a valid one, then a few small injuries.
const PATH = '/api/public/contacts';
const VALUES = {
  days: ['1', '30', '365', '7.5', '0x1E', '%205', '400', '0'],
  created_after: ['2024-01-15T10:00:00.000Z', '2023-12-31T23:59:59-03:00', '2024-02-29T12:30Z'],
  updated_after: ['2024-01-15T10:00:00.000Z', '2025-06-30T00:00:00.123456%2B02:00'],
  limit: ['1', '20', '1000', '1001', '2.5', '1e2'],
  offset: ['0', '40', '9007199254740991', '-1', '1e30'],
  stage_id: ['123e4567-e89b-12d3-a456-426614174000', '00000000-0000-0000-0000-000000000000', 'x'],
  pipeline_id: ['9b2f0c1e-7a4d-4e0b-8f33-0c5d9a1b2e6f', 'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF'],
  custom_field_key: ['status', 'caf%C3%A9', ''],
  custom_field_value: ['Active', 'a+b', '%F0%9F%98%80', '%zz'],
  entity_type: ['ticket', 'customer', 'Ticket'],
};
const NAMES = Object.keys(VALUES);
const PIECES = [
  '%', '%0', '%20', '%00', '%FF', '%C3', '%C3%A9', '%EF%BB%BF', '%E2%80%A8', '%2B', '%26', '%3D', '+', '-', '.', 'e', 'E', '0x', '0b', '_', '0', '9', '1e3', 'Z', 'T', ':', '&', '&&', '=', '==', ';',
  ',', '[]', '[0]', '/', '?', '~', '*', "'", '(', 'Infinity', 'NaN', 'days=', '&limit=0', '&offset=-1', '&days=5', '&entity_type=x', '&x', 'a', 'F', 'g', '99999999999999999999',
];

// mulberry32: small, seeded, good enough to choose queries.
function dice(seed) {
  let state = seed >>> 0;
  return (sides) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return Math.floor((((x ^ (x >>> 14)) >>> 0) / 2 ** 32) * sides);
  };
}

function valid(roll) {
  const pick = (list) => list[roll(list.length)];
  const names = NAMES.filter(() => roll(4) === 0);
  if (roll(8) > 0) names.push(pick(['days', 'created_after', 'updated_after']));
  return [...new Set(names)].map((name) => `${name}=${roll(3) ? VALUES[name][0] : pick(VALUES[name])}`).join('&');
}

// Each injury: the text, a place in it, the dice -> the text injured there.
const INJURIES = [
  (text, at, roll) => text.slice(0, at) + PIECES[roll(PIECES.length)] + text.slice(at),
  (text, at, roll) => text.slice(0, at) + PIECES[roll(PIECES.length)] + text.slice(at + 1 + roll(3)),
  (text, at, roll) => text.slice(0, at) + text.slice(at + 1 + roll(4)),
  (text, at) => text.slice(0, at) + text.slice(at, at + 1).toUpperCase() + text.slice(at + 1),
  (text, at) => (at < text.length ? `${text.slice(0, at)}%${text.charCodeAt(at).toString(16).padStart(2, '0')}${text.slice(at + 1)}` : text),
  (text, at, roll) => `${text.slice(0, at)}%${roll(256).toString(16).padStart(2, '0')}${text.slice(at)}`,
  (text, at, roll) => text + '&' + text.split('&')[roll(text.split('&').length)],
  (text) => text.split('&').reverse().join('&'),
];

export function chance(seed, count) {
  const roll = dice(seed);
  return Array.from({ length: count }, (_, index) => {
    let text = valid(roll);
    for (let left = roll(4); left > 0; left -= 1) text = INJURIES[roll(INJURIES.length)](text, roll(text.length + 1), roll);
    return { case: `by chance ${seed}/${index}`, method: 'GET', target: `${PATH}?${text}`, headers: [['x-api-key', 'test-key']] };
  });
}
