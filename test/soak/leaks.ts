/** What a customer, a teammate or the model said in a soak. */
const said = /token-\d+|Question|I take this one/;

/**
 * Lines of a log that show a secret or what somebody said.
 *
 * @param secrets settings that no line may contain
 */
export function leaksIn(output: string, secrets: string[]): string[] {
  return output
    .split("\n")
    .filter((line) => said.test(line) || secrets.some((secret) => line.includes(secret)));
}
