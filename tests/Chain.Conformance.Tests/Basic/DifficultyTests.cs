using System.Text.Json;
using Chain.Core.Forks;
using Chain.Core.Numeric;

namespace Chain.Conformance.Tests.Basic;

/// <summary>DifficultyTests of ethereum/tests.</summary>
public sealed class DifficultyTests
{
    /// <summary>The folder sets the delay of the bomb, whatever fork its cases name.</summary>
    private static readonly (string Folder, Fork Fork)[] Folders =
    [
        ("dfFrontier", Fork.Frontier), ("dfHomestead", Fork.Homestead), ("dfByzantium", Fork.Byzantium), ("dfConstantinople", Fork.Constantinople),
        ("dfEIP2384", Fork.MuirGlacier), ("dfArrowGlacier", Fork.ArrowGlacier), ("dfGrayGlacier", Fork.GrayGlacier),
    ];

    [Test]
    public void Every_difficulty_follows_from_its_parent()
    {
        List<string> failures = [];
        int cases = 0;
        foreach ((string folder, Fork fork) in Folders)
        {
            foreach ((string name, JsonElement file) in Fixtures.Read($"ethereum-tests-basic/DifficultyTests/{folder}"))
            {
                foreach (JsonProperty test in file.EnumerateObject().Where(member => member.Name != "_info").SelectMany(member => member.Value.EnumerateObject()))
                {
                    cases++;
                    JsonElement data = test.Value;
                    UInt256 difficulty = Difficulty.Next(
                        ForkTable.Rules(fork), data.UInt64("currentBlockNumber"), data.UInt64("currentTimestamp"), data.UInt64("parentTimestamp"),
                        data.Number("parentDifficulty"), !data.Number("parentUncles").IsZero);
                    if (difficulty != data.Number("currentDifficulty")) failures.Add($"{name}/{test.Name}: {difficulty}");
                }
            }
        }
        Assert.That(failures, Is.Empty, string.Join('\n', failures.Take(20)));
        Assert.That(cases, Is.EqualTo(18_598));
    }
}
