using System.CommandLine;
using Chain.Node.Docs;

namespace Chain.Node.Commands;

/// <summary><c>chain docs</c>: documents that are written by the program itself.</summary>
internal static class DocsCommand
{
    public static Command Create() => new("docs", "Writes documents about the program from the program itself.") { CreateRpc() };

    private static Command CreateRpc()
    {
        Option<string?> output = new("--out") { Description = "File to write. Default: standard output.", HelpName = "FILE" };
        Command command = new("rpc", """
            Writes the reference of the JSON-RPC methods (Markdown): parameters, results, errors, and an example of each, executed on a development chain made for it.

            Examples:
              chain docs rpc --out docs/rpc.md
            """) { output };
        command.SetAction((result, cancellation) => UserErrors.GuardAsync(async () =>
        {
            string page = await ReferencePage.WriteAsync(cancellation).ConfigureAwait(false);
            if (result.GetValue(output) is { } file) await WriteAsync(file, page, cancellation).ConfigureAwait(false);
            else await Console.Out.WriteAsync(page).ConfigureAwait(false);
            return 0;
        }));
        return command;
    }

    private static async Task WriteAsync(string file, string page, CancellationToken cancellation)
    {
        try
        {
            await File.WriteAllTextAsync(file, page, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"The file '{file}' cannot be written: {e.Message}");
        }
    }
}
