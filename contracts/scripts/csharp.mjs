// The addresses of the predeploys as C# constants, for the node.
import { addressesOf } from "./typescript.mjs";

/** The C# file, from the library that the contracts themselves use. */
export function csharpFile(addressesSource) {
  const notes = [...addressesSource.matchAll(/\/\/\/ @notice (.+)\n\s*address internal constant/g)].map(([, note]) => note.replaceAll("&", "&amp;").replaceAll("<", "&lt;"));
  const members = Object.entries(addressesOf(addressesSource)).map(
    ([name, address], i) => `    /// <summary>${notes[i]}</summary>\n    public static readonly Address ${name[0].toUpperCase()}${name.slice(1)} = Address.Parse("${address}");\n`,
  );
  return `using Chain.Core.Primitives;

namespace Chain.Node.Predeploys;

/// <summary>Where genesis installs the contracts of the platform. Made by <c>npm run build</c> in contracts/ from Addresses.sol.</summary>
public static class PredeployAddresses
{
${members.join("\n")}}
`;
}
