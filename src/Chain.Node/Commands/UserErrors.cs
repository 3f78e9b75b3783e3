using Chain.Core.Crypto;

namespace Chain.Node.Commands;

/// <summary>Turns failures that a user can mend into one sentence on standard error and exit code 1.</summary>
internal static class UserErrors
{
    public static async Task<int> GuardAsync(Func<Task<int>> command)
    {
        try
        {
            return await command().ConfigureAwait(false);
        }
        catch (Exception e) when (IsForUser(e))
        {
            await Console.Error.WriteLineAsync(e.Message).ConfigureAwait(false);
            return 1;
        }
    }

    public static int Guard(Func<int> command)
    {
        try
        {
            return command();
        }
        catch (Exception e) when (IsForUser(e))
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
    }

    private static bool IsForUser(Exception e) => e is UserException or IOException or UnauthorizedAccessException or InvalidDataException or NativeLibraryMissingException;
}
