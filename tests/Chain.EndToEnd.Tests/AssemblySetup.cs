using System.Runtime.Versioning;

[assembly: SupportedOSPlatform("linux")]

// Each fixture has a node of its own; two at a time fill the two cores that a build machine has.
[assembly: Parallelizable(ParallelScope.Fixtures)]
[assembly: LevelOfParallelism(2)]
