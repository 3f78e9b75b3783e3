// The compiler's settings and the source units of the package, for every script that compiles.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Folder of the package. */
export const root = join(dirname(fileURLToPath(import.meta.url)), "..");

/** `compiler.json`: language and settings. */
export const { language, settings } = JSON.parse(readFileSync(join(root, "compiler.json"), "utf8"));

/** Text of a source unit: ours by its path, a package's by its name. */
export function readSource(unit) {
  const file = unit.startsWith("@") ? join(root, "node_modules", unit) : join(root, unit);
  return existsSync(file) ? { contents: readFileSync(file, "utf8") } : { error: `not found: ${unit}` };
}
