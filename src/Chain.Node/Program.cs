using Chain.Evm;
using Chain.Node.Conformance;

const string Usage = "Usage: chain conformance state DIR [--dispatcher loop|tailcalls|both] [--filter TEXT] [--json FILE]";

if (args is not ["conformance", "state", { } folder, .. { } rest] || rest.Length % 2 != 0)
{
    Console.Error.WriteLine(Usage);
    return 2;
}
StateTestOptions options = new() { Folder = folder };
for (int i = 0; i < rest.Length; i += 2)
{
    StateTestOptions? next = (rest[i], rest[i + 1]) switch
    {
        ("--dispatcher", "loop") => options with { Dispatchers = [DispatcherKind.Loop] },
        ("--dispatcher", "tailcalls") => options with { Dispatchers = [DispatcherKind.TailCalls] },
        ("--dispatcher", "both") => options,
        ("--filter", string text) => options with { Filter = text },
        ("--json", string path) => options with { JsonReportPath = path },
        _ => null,
    };
    if (next is null)
    {
        Console.Error.WriteLine($"'{rest[i]} {rest[i + 1]}' is not an option. {Usage}");
        return 2;
    }
    options = next;
}
return StateTestRunner.Run(options, Console.Out, Console.Error);
