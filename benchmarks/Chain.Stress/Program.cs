using System.CommandLine;
using Chain.Stress.Hostile;
using Chain.Stress.Soak;

Option<string> program = new("--program") { Description = "The node's chain.dll; it is started for the run and stopped after it.", Required = true, HelpName = "FILE" };

Option<int> count = new("--count") { Description = "Requests.", DefaultValueFactory = _ => 1_000_000, HelpName = "N" };
Option<int> seed = new("--seed") { Description = "Seed: the same one sends the same requests.", DefaultValueFactory = _ => 1, HelpName = "N" };
Command hostile = new("hostile", """
    Sends fuzzed requests (malformed JSON, deep nesting, wrong types, giant numbers, slow senders, half-closed sockets, oversized frames) to a development chain and
    judges every answer. Ends with a count by kind and code; exit code 1 for a wrong code, a crash, a leak or a stack trace.

    Examples:
      chain hostile
      chain hostile --count 20000 --seed 7
    """) { program, count, seed };
hostile.SetAction((result, cancellation) => HostileCommand.RunAsync(result.GetValue(program)!, result.GetValue(count), result.GetValue(seed), cancellation));

Option<double> minutes = new("--minutes") { Description = "Length.", DefaultValueFactory = _ => 10, HelpName = "N" };
Option<int> subscribers = new("--subscribers") { Description = "WebSocket subscribers of new heads.", DefaultValueFactory = _ => 1_000, HelpName = "N" };
Command soak = new("soak", """
    Mixes heavy and light calls with WebSocket subscribers on a development chain with blocks every second, and reports p50 and p99 by method, the memory curve and the
    notifications. Exit code 1 when a call failed, a subscriber missed a head, or memory went on growing.

    Examples:
      chain soak
      chain soak --minutes 1 --subscribers 100
    """) { program, minutes, subscribers };
soak.SetAction((result, cancellation) => SoakCommand.RunAsync(result.GetValue(program)!, TimeSpan.FromMinutes(result.GetValue(minutes)), result.GetValue(subscribers), cancellation));

return await new RootCommand("Long runs against a node of its own.") { hostile, soak }.Parse(args).InvokeAsync();
