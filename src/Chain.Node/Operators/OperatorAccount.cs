using System.CommandLine;
using System.Globalization;
using Chain.Core.Crypto;
using Chain.Core.Primitives;
using Chain.Node.Dev;

namespace Chain.Node.Operators;

/// <summary>The key of the person at the command line.</summary>
/// <param name="Address">Its account.</param>
/// <param name="PrivateKey">32 bytes.</param>
internal sealed record OperatorAccount(Address Address, byte[] PrivateKey);

/// <summary>The options that name a key.</summary>
internal sealed class AccountOptions
{
    private const uint DevAccountMax = 999;

    private readonly Option<string?> _keystore = new("--keystore") { Description = "Key file (Web3 Secret Storage v3) that signs; its password is asked for.", HelpName = "FILE" };
    private readonly Option<string?> _passwordFile = new("--password-file") { Description = "File whose first line is the password of --keystore.", HelpName = "FILE" };
    private readonly Option<uint?> _devAccount = new("--dev-account") { Description = "Account N of the development mnemonic signs: for 'chain dev' only.", HelpName = "N" };

    public void AddTo(Command command)
    {
        command.Add(_keystore);
        command.Add(_passwordFile);
        command.Add(_devAccount);
    }

    /// <summary>The account that the options name.</summary>
    public OperatorAccount Read(ParseResult result) => TryRead(result) ?? throw new UserException("Nobody signs: give --keystore FILE, or --dev-account N on a development chain.");

    /// <summary>The account that the options name, null when they name none.</summary>
    public OperatorAccount? TryRead(ParseResult result)
    {
        string? keystore = result.GetValue(_keystore);
        string? passwordFile = result.GetValue(_passwordFile);
        uint? devAccount = result.GetValue(_devAccount);
        if (keystore is not null && devAccount is not null) throw new UserException("--keystore and --dev-account exclude each other: leave one out.");
        if (passwordFile is not null && keystore is null) throw new UserException("--password-file needs --keystore.");
        if (devAccount is { } index) return OfMnemonic(index);
        return keystore is null ? null : OfFile(keystore, passwordFile);
    }

    private static OperatorAccount OfMnemonic(uint index)
    {
        if (index > DevAccountMax) throw new UserException(string.Create(CultureInfo.InvariantCulture, $"--dev-account {index} is out of range: 0 to {DevAccountMax}."));
        return HdWallet.TryDeriveAccount(DevSettings.DefaultMnemonic, index, out byte[] key) ? Of(key) : throw new UserException($"The development mnemonic has no account {index}.");
    }

    private static OperatorAccount OfFile(string file, string? passwordFile)
    {
        byte[] json = ReadFile(file, KeyStore.FileSizeBytesMax);
        string password = passwordFile is null ? AskPassword(file) : ReadFirstLine(passwordFile);
        return KeyStore.TryDecrypt(json, password, out byte[] key, out string error) ? Of(key) : throw new UserException($"'{file}' cannot be used: {error}");
    }

    private static OperatorAccount Of(byte[] key)
    {
        byte[] publicKey = new byte[Secp256k1.PublicKeySizeBytes];
        return Secp256k1.TryGetPublicKey(key, publicKey) ? new OperatorAccount(Secp256k1.AddressOf(publicKey), key) : throw new UserException("The file holds no private key: it is zero or too large.");
    }

    private static string ReadFirstLine(string file)
    {
        using StringReader lines = new(System.Text.Encoding.UTF8.GetString(ReadFile(file, KeyStore.FileSizeBytesMax)));
        return lines.ReadLine() ?? "";
    }

    private static byte[] ReadFile(string file, int sizeBytesMax)
    {
        try
        {
            if (new FileInfo(file).Length > sizeBytesMax) throw new UserException($"'{file}' is larger than {sizeBytesMax} bytes: it is no such file.");
            return File.ReadAllBytes(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"'{file}' cannot be read: check its path and permissions.");
        }
    }

    /// <summary>Asks without showing what is typed; takes a line of standard input where that is no terminal.</summary>
    private static string AskPassword(string file)
    {
        if (Console.IsInputRedirected) return Console.In.ReadLine() ?? "";
        Console.Error.Write($"Password of {file}: ");
        System.Text.StringBuilder password = new();
        for (ConsoleKeyInfo key = Console.ReadKey(intercept: true); key.Key != ConsoleKey.Enter; key = Console.ReadKey(intercept: true))
        {
            if (key.Key == ConsoleKey.Backspace && password.Length > 0) password.Length--;
            else if (!char.IsControl(key.KeyChar)) password.Append(key.KeyChar);
        }
        Console.Error.WriteLine();
        return password.ToString();
    }
}
