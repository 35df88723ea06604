import type { Intercom } from "../adapters/intercom/intercom.ts";
import type { DependencyHealth } from "../core/dependency-health.ts";
import type { Log } from "../core/ports.ts";
import { sleep } from "../lib/sleep.ts";

const checkRetryMs = 30_000;

/** Says at start whether the token works and in whose name replies go out; repeats until it knows. */
export async function checkIntercom(
  intercom: Intercom,
  health: DependencyHealth,
  log: Log,
): Promise<string> {
  for (;;) {
    try {
      const workspace = await intercom.readWorkspace();
      const name = await intercom.readAdminName();
      health.ok("intercom");
      const values = { workspace: workspace.id, name: workspace.name, repliesAs: name };
      if (name === null) log.error(values, "INTERCOM_ADMIN_ID names nobody in this workspace");
      else log.info(values, "connected to Intercom");
      return workspace.id;
    } catch (error) {
      health.failing("intercom", error);
      log.error(
        { error },
        "Intercom does not answer as it should: check INTERCOM_ACCESS_TOKEN and INTERCOM_REGION",
      );
      await sleep(checkRetryMs);
    }
  }
}
