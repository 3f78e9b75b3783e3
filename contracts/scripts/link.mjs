/** Creation code of an artifact of `build/`, linked with the libraries that genesis installs; `addresses` are those of the package. */
export function linkedCode({ bytecode, linkReferences }, addresses) {
  let code = bytecode;
  for (const libraries of Object.values(linkReferences)) {
    for (const [library, places] of Object.entries(libraries)) {
      const address = addresses[library[0].toLowerCase() + library.slice(1)].slice(2).toLowerCase();
      for (const { start } of places) code = code.slice(0, 2 + 2 * start) + address + code.slice(42 + 2 * start);
    }
  }
  return code;
}
