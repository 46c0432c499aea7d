// What is asked by hand: one row a case, named in plain words. In `target` and in header values one character is one byte.
const PATH = '/api/public/contacts';
const ID = '123e4567-e89b-12d3-a456-426614174000';
const bytes = (text) => Buffer.from(text, 'utf8').toString('latin1');
const percent = (text) => encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);
const asked = (name, query) => ({ case: name, method: 'GET', target: `${PATH}?${query}` });

// Numbers: [what it is, the text as it stands in the URL]
const NUMBERS = [
  ['plain', '30'], ['one', '1'], ['zero', '0'], ['minus one', '-1'], ['minus zero', '-0'], ['plus zero', '%2B0'],
  ['leading zeros', '030'], ['many leading zeros', '0000000000000000000000030'], ['escaped plus sign', '%2B30'],
  ['plus sign unescaped, so a space', '+30'], ['plus unescaped at the end', '30+'], ['plus unescaped in the middle', '3+0'],
  ['two plus signs', '%2B%2B30'], ['plus minus', '%2B-30'], ['sign alone', '-'], ['escaped plus alone', '%2B'],
  ['zero fraction', '30.0'], ['point at the end', '30.'], ['point at the start', '.5'], ['signed point at the start', '%2B.5'],
  ['point alone', '.'], ['two points', '3.0.0'], ['comma as a point', '1,5'], ['thousands with a comma', '1,000'],
  ['one and a half', '1.5'], ['half', '0.5'], ['minus half', '-0.5'], ['a hair above one', '1.0000000000000002'],
  ['a hair above one that rounds to one', '1.0000000000000001'], ['a hair below one', '0.9999999999999999'],
  ['below one, rounds to one', '0.99999999999999999999'], ['exponent', '1e2'], ['exponent, capital E', '1E2'],
  ['exponent with plus', '1e%2B2'], ['exponent with an unescaped plus', '1e+2'], ['exponent with minus', '100e-2'],
  ['exponent making a fraction', '15e-1'], ['exponent without digits', '1e'], ['exponent sign without digits', '1e-'],
  ['exponent alone', 'e2'], ['point and exponent', '.1e2'], ['digits, point, exponent', '1.e1'], ['point exponent only', '.e1'],
  ['fraction in the exponent', '1e1.5'], ['hexadecimal', '0x1E'], ['hexadecimal, lower case', '0x1e'],
  ['hexadecimal, capital X', '0X1E'], ['hexadecimal with minus', '-0x1E'], ['hexadecimal with plus', '%2B0x1E'],
  ['hexadecimal without digits', '0x'], ['hexadecimal with a wrong digit', '0x1G'], ['hexadecimal with a point', '0x1.8'],
  ['binary', '0b11110'], ['binary, capital B', '0B11110'], ['binary with a wrong digit', '0b12'], ['binary without digits', '0b'],
  ['binary with minus', '-0b1'], ['octal', '0o36'], ['octal, capital O', '0O36'], ['octal with a wrong digit', '0o8'],
  ['octal without digits', '0o'], ['old octal is decimal', '0777'], ['empty', ''], ['space', '%20'], ['spaces', '%20%20%20'],
  ['plus alone, so a space', '+'], ['spaces around', '%2030%20'], ['tab around', '%0930%09'], ['line feed after', '30%0A'],
  ['carriage return after', '30%0D'], ['vertical tab after', '30%0B'], ['form feed after', '30%0C'],
  ['no-break space before', percent('\u00a030')], ['byte order mark before', percent('\ufeff30')],
  ['line separator after', percent('30\u2028')], ['paragraph separator after', percent('30\u2029')],
  ['Ogham space', percent('\u168030')], ['en quad', percent('\u200030')], ['hair space', percent('\u200a30')],
  ['narrow no-break space', percent('\u202f30')], ['mathematical space', percent('\u205f30')],
  ['ideographic space', percent('\u300030')], ['zero-width space is not blank', percent('\u200b30')],
  ['Mongolian vowel separator is not blank', percent('\u180e30')], ['next line (U+0085) is not blank', percent('\u008530')],
  ['unit separator (U+001F) is not blank', '%1F30'], ['file separator (U+001C) is not blank', '%1C30'],
  ['word joiner is not blank', percent('\u206030')], ['NUL after', '30%00'], ['NUL alone', '%00'], ['only a byte order mark', percent('\ufeff')],
  ['only a no-break space', percent('\u00a0')], ['space inside', '3%200'], ['space after the sign', '-%201'],
  ['letters after', '30abc'], ['letters', 'abc'], ['unit', '30d'], ['underscore', '1_0'], ['underscore after', '10_'],
  ['NaN', 'NaN'], ['Infinity', 'Infinity'], ['plus Infinity', '%2BInfinity'], ['minus Infinity', '-Infinity'],
  ['Infinity with spaces', '%20Infinity%20'], ['infinity, lower case', 'infinity'], ['inf', 'inf'], ['INFINITY', 'INFINITY'],
  ['Infinity twice', 'InfinityInfinity'], ['too large for a double', '1e400'], ['too large and negative', '-1e400'],
  ['largest double', '1.7976931348623157e308'], ['just rounds to infinity', '1.7976931348623159e308'],
  ['just rounds to the largest double', '1.7976931348623158e308'], ['smallest double', '5e-324'], ['rounds to zero', '1e-400'],
  ['true', 'true'], ['false', 'false'], ['null', 'null'], ['undefined', 'undefined'], ['quoted', '%2230%22'], ['an array text', '[30]'],
  ['big integer suffix', '30n'], ['full-width digits', percent('３０')], ['Arabic-Indic digits', percent('٣٠')],
  ['superscript two', percent('²')], ['minus as U+2212', percent('−1')], ['percent-encoded digits', '%33%30'],
  ['broken escape after', '30%'], ['half escape after', '30%3'], ['no hex escape', '30%zz'], ['equals sign in the value', '30=1'],
  ['semicolon after', '30;'], ['semicolon and another name', '30;limit=5'], ['upper edge of days', '365'], ['beyond the edge of days', '366'],
  ['fraction beyond the edge of days', '365.0000000001'], ['hair beyond days, rounds to the edge', '365.00000000000001'],
  ['upper edge of limit', '1000'], ['beyond limit', '1001'], ['fraction beyond limit', '1000.5'], ['a million', '1000000'],
  ['largest safe integer', '9007199254740991'], ['one beyond the safe integers', '9007199254740992'],
  ['two beyond the safe integers', '9007199254740993'], ['safe integer and a half, rounds to even', '9007199254740991.5'],
  ['safe integer with a zero fraction', '9007199254740991.0'], ['safe integer in hexadecimal', '0x1FFFFFFFFFFFFF'],
  ['beyond safe in hexadecimal', '0x20000000000000'], ['least safe integer', '-9007199254740991'],
  ['below the safe integers', '-9007199254740992'], ['far below', '-1e30'], ['far above', '1e30'], ['twenty digits', '12345678901234567890'],
  ['two to the 64', '18446744073709551616'], ['a hundred nines', '9'.repeat(100)], ['four hundred nines', '9'.repeat(400)],
  ['a long fraction', `1.${'0'.repeat(300)}1`], ['hexadecimal, 300 digits', `0x${'F'.repeat(300)}`],
  ['hexadecimal, rounding to even', '0x20000000000001'], ['binary, 60 ones', `0b${'1'.repeat(60)}`],
];

const numbers = ['days', 'limit', 'offset'].flatMap((name) =>
  NUMBERS.map(([what, text]) =>
    asked(`${name}: ${what}`, name === 'days' ? `days=${text}` : `created_after=2024-01-15T10:00:00Z&${name}=${text}`),
  ),
);

const TIMESTAMPS = [
  ['the document’s example', '2024-01-15T10:00:00.000Z'], ['no fraction', '2024-01-15T10:00:00Z'], ['no seconds', '2024-01-15T10:00Z'],
  ['hour alone', '2024-01-15T10Z'], ['date alone', '2024-01-15'], ['no zone', '2024-01-15T10:00:00'], ['no zone, no seconds', '2024-01-15T10:00'],
  ['one fraction digit', '2024-01-15T10:00:00.5Z'], ['two fraction digits', '2024-01-15T10:00:00.55Z'],
  ['four digits, dropped not rounded', '2024-01-15T10:00:00.0009Z'], ['six digits', '2024-01-15T10:00:00.123999Z'],
  ['nine digits', '2024-01-15T10:00:00.999999999Z'], ['twenty digits', '2024-01-15T10:00:00.99999999999999999999Z'],
  ['a hundred digits', `2024-01-15T10:00:00.${'1'.repeat(100)}Z`], ['a point without digits', '2024-01-15T10:00:00.Z'],
  ['a comma as the point', '2024-01-15T10:00:00,5Z'], ['a fraction of the minute', '2024-01-15T10:00.5Z'],
  ['fraction before 1970, dropped', '1969-12-31T23:59:59.9999Z'], ['fraction before 1970', '1969-12-31T23:59:59.0001Z'],
  ['offset zero', '2024-01-15T10:00:00%2B00:00'], ['offset minus zero', '2024-01-15T10:00:00-00:00'], ['offset plus', '2024-01-15T10:00:00%2B05:30'],
  ['offset minus', '2024-01-15T10:00:00-03:00'], ['offset unescaped plus', '2024-01-15T10:00:00+05:30'], ['largest offset', '2024-01-15T10:00:00%2B23:59'],
  ['least offset', '2024-01-15T10:00:00-23:59'], ['offset of 24 hours', '2024-01-15T10:00:00%2B24:00'], ['offset with 60 minutes', '2024-01-15T10:00:00-03:60'],
  ['offset without a colon', '2024-01-15T10:00:00-0300'], ['offset of hours', '2024-01-15T10:00:00-03'], ['offset with seconds', '2024-01-15T10:00:00-03:00:00'],
  ['offset one digit', '2024-01-15T10:00:00-3:00'], ['offset and Z', '2024-01-15T10:00:00Z-03:00'], ['offset, no seconds', '2024-01-15T10:00-03:00'],
  ['offset with a fraction', '2024-01-15T10:00:00.25-03:00'], ['offset with the U+2212 minus', percent('2024-01-15T10:00:00−03:00')],
  ['offset that moves the year', '2024-01-01T00:00:00%2B14:00'], ['small z', '2024-01-15T10:00:00z'], ['small t', '2024-01-15t10:00:00Z'],
  ['a space for T', '2024-01-15%2010:00:00Z'], ['a plus for T', '2024-01-15+10:00:00Z'], ['two digits of the year', '24-01-15T10:00:00Z'],
  ['five digits of the year', '12024-01-15T10:00:00Z'], ['signed year', '%2B002024-01-15T10:00:00Z'], ['negative year', '-002024-01-15T10:00:00Z'],
  ['year 0', '0000-01-01T00:00:00Z'], ['year 0, leap day', '0000-02-29T00:00:00Z'], ['year 1', '0001-01-01T00:00:00Z'], ['year 99', '0099-12-31T23:59:59Z'],
  ['year 1, offset goes before', '0001-01-01T00:00:00%2B01:00'], ['year 0, offset goes before', '0000-01-01T00:00:00%2B01:00'],
  ['year 9999', '9999-12-31T23:59:59.999Z'], ['year 9999, offset goes beyond', '9999-12-31T23:59:59.999-01:00'], ['the epoch', '1970-01-01T00:00:00Z'],
  ['a millisecond before the epoch', '1969-12-31T23:59:59.999Z'], ['leap day', '2024-02-29T00:00:00Z'], ['no leap day', '2023-02-29T00:00:00Z'],
  ['leap day of 2000', '2000-02-29T00:00:00Z'], ['no leap day in 1900', '1900-02-29T00:00:00Z'], ['no leap day in 2100', '2100-02-29T00:00:00Z'],
  ['leap day of 2400', '2400-02-29T00:00:00Z'], ['leap day of 1904', '1904-02-29T00:00:00Z'], ['leap day of 2096', '2096-02-29T00:00:00Z'], ['30 February', '2024-02-30T00:00:00Z'],
  ['31 April', '2024-04-31T00:00:00Z'], ['30 April', '2024-04-30T00:00:00Z'], ['31 June', '2024-06-31T00:00:00Z'], ['31 September', '2024-09-31T00:00:00Z'],
  ['31 November', '2024-11-31T00:00:00Z'], ['31 December', '2024-12-31T00:00:00Z'], ['32 January', '2024-01-32T00:00:00Z'],
  ['day 0', '2024-01-00T00:00:00Z'], ['month 0', '2024-00-15T00:00:00Z'], ['month 13', '2024-13-15T00:00:00Z'], ['one-digit month', '2024-1-15T00:00:00Z'],
  ['one-digit day', '2024-01-5T00:00:00Z'], ['one-digit hour', '2024-01-15T1:00:00Z'], ['hour 24', '2024-01-15T24:00:00Z'], ['hour 23', '2024-01-15T23:00:00Z'],
  ['minute 60', '2024-01-15T10:60:00Z'], ['second 60', '2024-01-15T10:00:60Z'], ['leap second', '2016-12-31T23:59:60Z'], ['second 59', '2024-01-15T10:00:59Z'],
  ['no dashes', '20240115T100000Z'], ['slashes', '2024/01/15T10:00:00Z'], ['week date', '2024-W03-1T10:00:00Z'], ['day of the year', '2024-015T10:00:00Z'],
  ['seconds since 1970', '1705312800'], ['milliseconds since 1970', '1705312800000'], ['HTTP date', percent('Mon, 15 Jan 2024 10:00:00 GMT')],
  ['words', 'yesterday'], ['empty', ''], ['space', '%20'], ['space before', '%202024-01-15T10:00:00Z'], ['space after', '2024-01-15T10:00:00Z%20'],
  ['line feed after', '2024-01-15T10:00:00Z%0A'], ['line feed before', '%0A2024-01-15T10:00:00Z'], ['carriage return after', '2024-01-15T10:00:00Z%0D'],
  ['line separator after', percent('2024-01-15T10:00:00Z\u2028')], ['NUL after', '2024-01-15T10:00:00Z%00'], ['quoted', '%222024-01-15T10:00:00Z%22'],
  ['colons escaped', '2024-01-15T10%3A00%3A00.000Z'], ['all escaped', [...'2024-01-15T10:00Z'].map((c) => `%${c.charCodeAt(0).toString(16)}`).join('')],
  ['full-width digits', percent('２０２４-01-15T10:00:00Z')], ['Arabic-Indic digits', percent('٢٠٢٤-01-15T10:00:00Z')],
  ['two timestamps', '2024-01-15T10:00:00Z,2024-01-16T10:00:00Z'], ['null', 'null'], ['zone name', percent('2024-01-15T10:00:00Z[UTC]')],
];
const timestamps = ['created_after', 'updated_after'].flatMap((name) =>
  TIMESTAMPS.map(([what, text]) => asked(`${name}: ${what}`, `${name}=${text}`)),
);

const UUIDS = [
  ['the document’s example', ID], ['upper case', ID.toUpperCase()], ['mixed case', '123E4567-e89b-12D3-A456-426614174aBc'],
  ...[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 'a', 'f'].map((v) => [`version ${v}`, `123e4567-e89b-${v}2d3-a456-426614174000`]),
  ...[0, 7, 8, 9, 'a', 'b', 'A', 'B', 'c', 'C', 'f'].map((v) => [`variant digit ${v}`, `123e4567-e89b-42d3-${v}456-426614174000`]),
  ['nil', '00000000-0000-0000-0000-000000000000'], ['almost nil', '00000000-0000-0000-0000-000000000001'], ['max', 'ffffffff-ffff-ffff-ffff-ffffffffffff'],
  ['max in capitals', 'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF'], ['max with one capital', 'ffffffff-ffff-ffff-ffff-fffffffffffF'], ['almost max', 'ffffffff-ffff-ffff-ffff-fffffffffffe'],
  ['no dashes', ID.replaceAll('-', '')], ['braces', `%7B${ID}%7D`], ['raw braces', `{${ID}}`], ['urn', `urn:uuid:${ID}`], ['one digit short', ID.slice(0, -1)], ['one digit long', `${ID}0`],
  ['a letter g', `g${ID.slice(1)}`], ['empty', ''], ['space', '%20'], ['space before', `%20${ID}`], ['space after', `${ID}%20`], ['plus after', `${ID}+`], ['line feed after', `${ID}%0A`],
  ['carriage return after', `${ID}%0D`], ['NUL after', `${ID}%00`], ['quoted', `%22${ID}%22`], ['two with a comma', `${ID},${ID}`], ['dashes as U+2010', percent(ID.replaceAll('-', '‐'))], ['dashes escaped', ID.replaceAll('-', '%2D')],
  ['dashes moved', '123e4567e-89b-12d3-a456-426614174000'], ['full-width digits', percent(`１${ID.slice(1)}`)], ['a number', '1'], ['null', 'null'], ['all', '*'],
];
const uuids = ['stage_id', 'pipeline_id'].flatMap((name) => UUIDS.map(([what, text]) => asked(`${name}: ${what}`, `days=30&${name}=${text}`)));

const TEXTS = [
  ['plain', 'Active'], ['empty', ''], ['one space', '%20'], ['a plus, so a space', '+'], ['plus signs between words', 'a+b+c'], ['escaped plus', 'a%2Bb'], ['NUL', '%00'], ['NUL inside', 'a%00b'],
  ['two-byte letter', '%C3%A9'], ['two-byte letter, lower-case escapes', '%c3%a9'], ['emoji', percent('😀')], ['family emoji', percent('👩‍👩‍👧')], ['right-to-left', percent('سلام')], ['combining accent, not composed', percent('e\u0301')],
  ['byte order mark', percent('\ufeff')], ['lone percent', '%'], ['percent at the end', '100%'], ['percent and one digit', 'a%4'], ['percent and no digits', '%zz'], ['percent percent', '%%'], ['percent twice escaped', '%2525'],
  ['broken and good escapes mixed', '%zz%41%4'], ['good escape, then a broken one', '%C3%A9%'], ['broken escape, then a good letter', '%%C3%A9'], ['percent before a good escape', '%%41'], ['percent-u escape', '%u00e9'],
  ['invalid UTF-8: lone continuation', '%80'], ['invalid UTF-8: lone lead', '%C3'], ['invalid UTF-8: lead and a letter', '%C3A'], ['invalid UTF-8: FF', '%FF'], ['invalid UTF-8: FE FF', '%FE%FF'], ['invalid UTF-8: Latin-1 e acute', 'caf%E9'],
  ['invalid UTF-8: cut off three-byte', '%E2%82'], ['invalid UTF-8: cut off four-byte', '%F0%9F%98'], ['invalid UTF-8: cut off four-byte, then a letter', '%F0%9F%98a'], ['overlong slash', '%C0%AF'], ['overlong NUL', '%C0%80'], ['overlong three-byte', '%E0%80%AF'], ['overlong four-byte', '%F0%80%80%AF'],
  ['surrogate as UTF-8', '%ED%A0%80'], ['surrogate pair as UTF-8', '%ED%A0%BD%ED%B8%80'], ['beyond Unicode', '%F4%90%80%80'], ['five-byte form', '%F8%88%80%80%80'], ['largest code point', '%F4%8F%BF%BF'], ['non-character', '%EF%BF%BF'], ['replacement character itself', '%EF%BF%BD'],
  ['two invalid bytes', '%FF%FF'], ['invalid between valid', 'a%FFb%C3%A9c'], ['two continuations', '%80%80'], ['E1 80 then a letter', '%E1%80a'], ['F1 80 then C3 A9', '%F1%80%C3%A9'],
  ['invalid UTF-8 and a plus', '%FF+a'], ['broken escape and a plus', '%+a'], ['equals sign', 'a=b'], ['two equals signs', '==' ], ['escaped ampersand', 'a%26b'], ['escaped equals sign', 'a%3Db'], ['semicolon', 'a;b'], ['escaped hash', 'a%23b'], ['raw hash cuts', 'a#b'], ['question mark', 'a?b'], ['slash', 'a/b'],
  ['brackets', 'a[b]'], ['quote', "a'b"], ['double quote', 'a"b'], ['less than', 'a<b'], ['backslash', 'a\\b'], ['caret and pipe', 'a^b|c'], ['backtick', 'a`b'], ['braces', '{a}'], ['tilde', '~'], ['line feed', 'a%0Ab'], ['tab', 'a%09b'], ['DEL', 'a%7Fb'], ['control character', 'a%01b'],
  ['hash and quote', 'a"b#c'], ['hash and a brace', '{a}#c'], ['hash and a backslash', 'a\\b#c'], ['two hundred letters', 'x'.repeat(200)], ['four thousand letters', 'x'.repeat(4000)], ['a number', '1e2'], ['true', 'true'],
];
const texts = [
  ...TEXTS.map(([what, text]) => asked(`custom_field_value: ${what}`, `days=30&custom_field_key=status&custom_field_value=${text}`)),
  ...TEXTS.slice(0, 45).map(([what, text]) => asked(`custom_field_key: ${what}`, `days=30&custom_field_value=x&custom_field_key=${text}`)),
];

const ENTITIES = ['ticket', 'customer', 'Ticket', 'TICKET', 'tickets', 'ticket%20', '%20ticket', 'ticket+', 'contact', 'ticket,customer', '', '%20', '0', '1', 'null', '%74icket', 'ticket%00', 'ticket|customer', 'tick%65t', 'ticket%0A'];
const entities = ENTITIES.flatMap((text) => [
  asked(`entity_type ${JSON.stringify(text)} alone`, `days=30&entity_type=${text}`),
  asked(`entity_type ${JSON.stringify(text)} with a custom field`, `days=30&custom_field_key=status&custom_field_value=Active&entity_type=${text}`),
]);

const VALID = {
  days: '30', created_after: '2024-01-15T10:00:00Z', updated_after: '2024-01-15T10:00:00Z', limit: '5', offset: '0', stage_id: ID, pipeline_id: ID,
  custom_field_key: 'status', custom_field_value: 'Active', entity_type: 'ticket',
};
const NAMES = Object.keys(VALID);
const whole = (changed) => Object.entries({ ...VALID, ...changed }).map(([name, text]) => `${name}=${text}`).join('&');
const repeats = NAMES.flatMap((name) => [
  asked(`${name} twice, equal`, `${whole({})}&${name}=${VALID[name]}`),
  asked(`${name} twice, the second empty`, `${whole({})}&${name}=`),
  asked(`${name} twice, without an equals sign`, `${whole({})}&${name}`),
  asked(`${name} twice, both empty`, `days=1&${name}=&${name}=`.replace('days=1&days', 'days')),
  asked(`${name} three times`, `${whole({})}&${name}=1&${name}=2`),
  asked(`${name} twice, once with an escaped letter in the name`, `${whole({})}&%${name.charCodeAt(0).toString(16)}${name.slice(1)}=${VALID[name]}`),
  asked(`${name} and ${name} in capitals`, `${whole({})}&${name.toUpperCase()}=x`),
  asked(`${name} and ${name}[]`, `${whole({})}&${name}[]=x&${name}[0]=x&${name}[a]=x&${name}.a=x`),
  asked(`${name} alone without an equals sign`, `${name === 'days' ? '' : 'days=1&'}${name}`),
  asked(`${name} alone and empty`, `${name === 'days' ? '' : 'days=1&'}${name}=`),
  asked(`${name} with a space before the name`, `days=1&+${name}=x`),
  asked(`${name} with a space after the name`, `days=1&${name}%20=x`),
  asked(`${name} with a NUL after the name`, `days=1&${name}%00=x`),
  asked(`${name} with every letter of the name escaped`, whole({}).replace(`${name}=`, `${[...name].map((c) => `%${c.charCodeAt(0).toString(16)}`).join('')}=`)),
]);

const unknown = [
  'days[]=30', 'days[]=1&days[]=2', 'days%5B%5D=30', 'days[0]=30', 'DAYS=30', 'Days=30', 'day=30', 'dayss=30', 'createdAfter=2024-01-15T10:00:00Z', 'created-after=2024-01-15T10:00:00Z',
].map((query) => asked(`unknown name instead of a time filter: ${query}`, query)).concat(
  ['page=2', 'x', 'x=', '=', '=x', '==', '__proto__=1', '__proto__[days]=400', 'constructor=1', 'hasOwnProperty=1', 'toString=1', 'prototype=1', 'x-api-key=test-key', 'api_key=1', 'sort=asc', '%FF=1', '%=1', '%00=1', 'a[b][c]=1',
    'limit[]=0', 'limit[gt]=5', 'x=1&x=2', 'null=1', 'undefined', 'length=1', '0=1', '%20=1', '+=1', 'days.x=1', 'created_after[]=x', 'entity_type[]=x', 'STAGE_ID=x',
  ].map((query) => asked(`unknown name beside a time filter: ${query}`, `days=30&${query}`)),
);

const faults = [
  asked('every parameter right', whole({})), asked('every parameter empty', NAMES.map((name) => `${name}=`).join('&')),
  asked('every parameter without an equals sign', NAMES.join('&')), asked('every parameter wrong', NAMES.map((name) => `${name}=x%00`).join('&')),
  asked('every parameter wrong, in reverse order', [...NAMES].reverse().map((name) => `${name}=`).join('&')), asked('every parameter twice', `${whole({})}&${whole({})}`),
  asked('every parameter twice, in reverse order', `${whole({})}&${[...NAMES].reverse().map((name) => `${name}=x`).join('&')}`),
  asked('wrong days and no other time filter', 'days=400'), asked('wrong limit and no time filter: the limit is judged first', 'limit=0'), asked('wrong entity_type and a lone custom_field_key', 'days=1&custom_field_key=a&entity_type=x'),
  asked('lone custom_field_key', 'days=1&custom_field_key=a'), asked('lone custom_field_value', 'days=1&custom_field_value=a'), asked('lone custom_field_key and no time filter', 'custom_field_key=a'), asked('empty custom_field_key and no value', 'days=1&custom_field_key='),
  asked('custom_field_key with an empty value', 'days=1&custom_field_key=a&custom_field_value='), asked('no query', ''), asked('only a limit', 'limit=5'), asked('only an offset', 'offset=5'), asked('only a stage', `stage_id=${ID}`), asked('limit below and offset below', 'days=1&limit=0&offset=-1'),
  asked('limit far above and offset far below', 'days=1&limit=1e30&offset=-1e30'), asked('days a fraction, limit a fraction, offset a fraction', 'days=1.5&limit=1.5&offset=1.5'), asked('days NaN, limit Infinity, offset fraction', 'days=NaN&limit=Infinity&offset=0.1'),
  ...NAMES.flatMap((a, i) => NAMES.slice(i + 1).map((b) => asked(`${b} empty before ${a} empty`, `${b}=&${a}=`))),
];

const many = (piece, count, rest) => piece.repeat(count) + rest;
const separators = [
  asked('ampersands around', '&&days=30&&limit=5&&'), asked('ampersand in front', '&days=30'), asked('ampersand at the end', 'days=30&'), asked('only an ampersand', '&'), asked('only ampersands', '&&&&'), asked('semicolon for an ampersand', 'days=30;limit=5'),
  asked('escaped ampersand', 'days=30%26limit=5'), asked('escaped equals sign', 'days%3D30'), asked('two equals signs', 'days==30'), asked('a second question mark', '?days=30'), asked('a question mark inside', 'days=30?limit=5'), asked('HTML ampersand', 'created_after=2024-01-15T10:00:00Z&amp;limit=0'),
  asked('hash after the query', 'days=30#limit=0'), asked('hash inside the value', 'days=3#0'), asked('comma for an ampersand', 'days=30,limit=5'), asked('line feed escaped between', 'days=30%0Alimit=5'), asked('spaces around the name', '%20days%20=30&days=5'),
  asked('999 unknown pairs, then days: the thousandth pair counts', many('a=1&', 999, 'days=30')), asked('1000 unknown pairs, then days: not read', many('a=1&', 1000, 'days=30')), asked('999 names without an equals sign, then days', many('a&', 999, 'days=30')),
  asked('1000 names without an equals sign, then days', many('a&', 1000, 'days=30')), asked('999 empty pairs, then days', many('&', 999, 'days=30')), asked('1000 empty pairs, then days', many('&', 1000, 'days=30')), asked('days first, then 2000 pairs', `days=30&${many('a&', 2000, 'limit=0')}`),
  asked('days, 998 pairs, a wrong limit: read', `days=30&${many('a&', 998, 'limit=0')}`), asked('days, 999 pairs, a wrong limit: not read', `days=30&${many('a&', 999, 'limit=0')}`), asked('days 900 times', many('days=1&', 900, 'days=1')), asked('limit in pair 1001 after a wrong days', `days=0&${many('&', 999, 'limit=0')}`),
  asked('a percent in a name that decodes to nothing known', 'days=30&%64ays%=5'), asked('name with an escape that is not UTF-8', 'days=30&limit%FF=0'), asked('name in two-byte letters', 'days=30&l%C3%ADmit=0'),
];

// The path, with the query that would be right on it.
const PATHS = [
  ['as it is', PATH], ['trailing slash', `${PATH}/`], ['two trailing slashes', `${PATH}//`], ['slash in front', `/${PATH}`], ['double slash inside', '/api//public/contacts'], ['capitals', PATH.toUpperCase()], ['one capital', '/api/public/Contacts'], ['capitals and a trailing slash', `${PATH.toUpperCase()}/`],
  ['escaped letter', '/api/public/%63ontacts'], ['escaped slash', '/api%2Fpublic/contacts'], ['escaped trailing slash', `${PATH}%2F`], ['broken escape', `${PATH}%`], ['no hex escape', '/api/public/%zz'], ['escape that is not UTF-8', '/api/public/%FF'], ['dot segment', '/api/./public/contacts'], ['two dots', '/api/public/x/../contacts'], ['trailing dot', `${PATH}/.`], ['deeper', `${PATH}/1`],
  ['deeper, an id', `${PATH}/${ID}`], ['above', '/api/public'], ['above with a slash', '/api/public/'], ['root', '/'], ['a neighbour', '/api/public/pipeline'], ['singular', '/api/public/contact'], ['extension', `${PATH}.json`], ['space after', `${PATH}%20`], ['semicolon', `${PATH};v=1`], ['matrix', `${PATH};`], ['old version', '/api/v1/contacts'], ['without api', '/public/contacts'],
  ['favicon', '/favicon.ico'], ['robots', '/robots.txt'], ['quotes and brackets in an unknown path', '/a"b<c>'], ['emoji in an unknown path', '/%F0%9F%98%80'], ['markup in an unknown path', '/<script>alert(1)</script>'], ['backslashes', '/api\\public\\contacts'], ['a colon', '/api/public:contacts'], ['long unknown path', `/${'x'.repeat(500)}`], ['NUL escaped', `${PATH}%00`], ['star segment', '/api/public/*'], ['asterisk form', '*'],
];
const KEYED = [['x-api-key', 'test-key']];
const paths = PATHS.flatMap(([what, path]) => [
  { case: `path ${what}`, method: 'GET', target: `${path}?days=30` }, { case: `path ${what}, without a query`, method: 'GET', target: path }, { case: `path ${what}, without a key`, method: 'GET', target: `${path}?days=30`, headers: [] },
  { case: `path ${what}, wrong query`, method: 'GET', target: `${path}?days=0&x=%zz&y="<>` }, { case: `path ${what}, HEAD`, method: 'HEAD', target: `${path}?days=30` },
]).concat([
  { case: 'an empty query after the question mark', method: 'GET', target: `${PATH}?` }, { case: 'an unknown path with an empty query', method: 'GET', target: '/nope?' }, { case: 'an unknown path with a hash', method: 'GET', target: '/nope?a=1#b' }, { case: 'absolute form', method: 'GET', target: `http://localhost${PATH}?days=30` },
  { case: 'absolute form, other host', method: 'GET', target: `http://other.example${PATH}?days=30` }, { case: 'absolute form, unknown path', method: 'GET', target: 'http://localhost/nope?days=30' }, { case: 'hash before the question mark', method: 'GET', target: `${PATH}#x?days=30` }, { case: 'two question marks on an unknown path', method: 'GET', target: '/nope??a?b' },
]);

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE', 'PROPFIND', 'QUERY', 'LINK', 'PURGE'];
const methods = METHODS.flatMap((method) =>
  [['the path', `${PATH}?days=30`], ['the path, wrong query', `${PATH}?days=0`], ['the path without a query', PATH], ['an unknown path', '/nope?days=30']].flatMap(([where, target]) => [
    { case: `${method} on ${where}`, method, target }, { case: `${method} on ${where}, no key`, method, target, headers: [] }, { case: `${method} on ${where}, wrong key`, method, target, headers: [['x-api-key', 'wrong']] },
  ]),
).concat([
  { case: 'OPTIONS as a browser’s preflight', method: 'OPTIONS', target: PATH, headers: [['Origin', 'http://localhost:3000'], ['Access-Control-Request-Method', 'GET'], ['Access-Control-Request-Headers', 'x-api-key']] },
  { case: 'GET with an Origin', method: 'GET', target: `${PATH}?days=30`, headers: [...KEYED, ['Origin', 'http://localhost:3000']] }, { case: 'POST with a JSON body of no bytes', method: 'POST', target: PATH, headers: [...KEYED, ['Content-Type', 'application/json'], ['Content-Length', '0']] },
  { case: 'POST that asks to be a GET', method: 'POST', target: `${PATH}?days=30`, headers: [...KEYED, ['X-HTTP-Method-Override', 'GET'], ['Content-Length', '0']] }, { case: 'GET that asks for XML', method: 'GET', target: `${PATH}?days=0`, headers: [...KEYED, ['Accept', 'application/xml']] },
  { case: 'GET that asks for compression', method: 'GET', target: `${PATH}?days=0`, headers: [...KEYED, ['Accept-Encoding', 'gzip, br']] }, { case: 'GET that takes only images', method: 'GET', target: `${PATH}?days=30`, headers: [...KEYED, ['Accept', 'image/png']] },
]);

const KEYS = [
  ['right', KEYED], ['missing', []], ['empty', [['x-api-key', '']]], ['wrong', [['x-api-key', 'wrong']]], ['other case in the value', [['x-api-key', 'Test-Key']]], ['header name in capitals', [['X-API-KEY', 'test-key']]], ['header name in mixed case', [['X-Api-Key', 'test-key']]], ['spaces around', [['x-api-key', '   test-key   ']]],
  ['tabs around', [['x-api-key', '\t\ttest-key\t']]], ['only blanks', [['x-api-key', ' \t ']]], ['no-break space around', [['x-api-key', '\xa0test-key\xa0']]], ['space inside', [['x-api-key', 'test- key']]], ['twice, both right', [...KEYED, ...KEYED]], ['twice, right then wrong', [...KEYED, ['x-api-key', 'wrong']]], ['twice, wrong then right', [['x-api-key', 'wrong'], ...KEYED]],
  ['twice, right then empty', [...KEYED, ['x-api-key', '']]], ['twice, empty then right', [['x-api-key', ''], ...KEYED]], ['twice in other cases of the name', [...KEYED, ['X-API-KEY', 'test-key']]], ['list in one header', [['x-api-key', 'test-key, test-key']]], ['quoted', [['x-api-key', '"test-key"']]], ['with a Bearer', [['x-api-key', 'Bearer test-key']]], ['one character short', [['x-api-key', 'test-ke']]],
  ['one character long', [['x-api-key', 'test-key1']]], ['percent-encoded', [['x-api-key', 'test%2Dkey']]], ['in Authorization', [['Authorization', 'Bearer test-key']]], ['in a cookie', [['Cookie', 'x-api-key=test-key']]], ['under api-key', [['api-key', 'test-key']]], ['under x_api_key', [['x_api_key', 'test-key']]], ['with two-byte letters', [['x-api-key', bytes('clé')]]], ['with a byte order mark', [['x-api-key', bytes('\ufefftest-key')]]],
  ['very long', [['x-api-key', 'k'.repeat(4000)]]],
];
const keys = KEYS.flatMap(([what, headers]) => [['a right query', `${PATH}?days=30`], ['a wrong query', `${PATH}?days=0`], ['no query', PATH], ['an unknown path', '/nope']].map(([where, target]) => ({ case: `key ${what}, ${where}`, method: 'GET', target, headers })))
  .concat([{ case: 'key in the query', method: 'GET', target: `${PATH}?days=30&x-api-key=test-key&api_key=test-key`, headers: [] }, { case: 'key wrong, HEAD', method: 'HEAD', target: `${PATH}?days=30`, headers: [] }]);

// What Node's parser refuses before Express sees it.
const wire = [
  { case: 'raw two-byte letter in the query', method: 'GET', target: bytes(`${PATH}?days=30&custom_field_key=k&custom_field_value=é`) }, { case: 'raw byte FF in the query', method: 'GET', target: `${PATH}?days=30&x=\xff` }, { case: 'raw no-break space after the query', method: 'GET', target: `${PATH}?days=30\xa0` },
  { case: 'raw two-byte letter in the path', method: 'GET', target: bytes('/é') }, { case: 'raw NUL in the query', method: 'GET', target: `${PATH}?days=3\x000` }, { case: 'raw control character in the query', method: 'GET', target: `${PATH}?days=3\x010` }, { case: 'raw tab in the query', method: 'GET', target: `${PATH}?days=3\t0` }, { case: 'raw DEL in the query', method: 'GET', target: `${PATH}?days=30\x7f` },
  { case: 'raw space in the query', method: 'GET', target: `${PATH}?days=30 x` }, { case: 'target without a slash', method: 'GET', target: 'api/public/contacts?days=30' }, { case: 'target that is only a query', method: 'GET', target: '?days=30' }, { case: 'unknown method', method: 'FOO', target: PATH }, { case: 'method in lower case', method: 'get', target: PATH },
  { case: 'target of 17,000 bytes', method: 'GET', target: `${PATH}?days=30&x=${'a'.repeat(17000)}` }, { case: 'target of 15,000 bytes', method: 'GET', target: `${PATH}?days=30&x=${'a'.repeat(15000)}` }, { case: 'header of 17,000 bytes', method: 'GET', target: `${PATH}?days=30`, headers: [...KEYED, ['x', 'a'.repeat(17000)]] }, { case: 'NUL in a header', method: 'GET', target: `${PATH}?days=30`, headers: [['x-api-key', 'test-key\x00']] },
];

export const cases = [...numbers, ...timestamps, ...uuids, ...texts, ...entities, ...repeats, ...unknown, ...faults, ...separators, ...paths, ...methods, ...keys, ...wire].map((row) => ({ headers: KEYED, ...row }));
