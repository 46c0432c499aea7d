// What every use case needs: ask for contacts, and print the result as one JSON document.
// BASE_URL and API_KEY come from the environment.
const { BASE_URL, API_KEY } = process.env;

export async function contacts(filters) {
  const url = new URL("/api/public/contacts", BASE_URL);
  url.search = new URLSearchParams(filters).toString();
  const answer = await fetch(url, { headers: { "x-api-key": API_KEY } });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
  return answer.json();
}

export const ids = (list) => list.map(({ id }) => id);

export function print(result) {
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
