// How numbers, instants and texts are written.
const numbers = new Intl.NumberFormat("en");

export const number = (value) => numbers.format(value);
export const plural = (count, one, many = `${one}s`) => `${number(count)} ${count === 1 ? one : many}`;
// An ISO instant in UTC, to the second, or only its time of day.
export const instant = (text) => (text ? text.replace("T", " ").replace(/\.\d+Z?$|Z$/, "") : "—");
export const timeOfDay = (text) => text.slice(11, 23);
export const day = (text) => text.slice(0, 10);
export const milliseconds = (value) => (value < 10 ? `${value.toFixed(1)} ms` : `${number(Math.round(value))} ms`);
export const short = (text, most = 60) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
// A text as one word of a POSIX shell.
export const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
