using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Evm;
using Chain.Node.Predeploys;

namespace Chain.Contracts.Tests.Runner;

/// <summary>A test contract, created with its libraries and set up; each test starts from there.</summary>
internal sealed class TestSuite : IDisposable
{
    private static readonly Address ExpectedAddress = Address.Parse("0x7FA9385bE102ac3EAc297483Dd6233D62b3e1496");

    private readonly Dictionary<string, Address> _libraries = [];

    public TestSuite(Artifact artifact, DispatcherKind dispatcher = DispatcherKind.TailCalls, bool hasModules = false)
    {
        Artifact = artifact;
        World = new TestWorld(dispatcher, hasModules);
        Address = World.Create(TestWorld.Sender, artifact.InitCode(Library), TestWorld.InitialBalance);
        Assert.That(Address, Is.EqualTo(ExpectedAddress), "forge's address of test contracts");
        if (artifact.Functions.Any(f => f.Signature == "setUp()"))
        {
            Outcome outcome = World.Send(TestWorld.Sender, Address, AbiValue.Call("setUp()"));
            Assert.That(outcome.Succeeded, $"setUp of {artifact}: {outcome.Status}, {RevertText.Of(outcome.Output)}");
        }
        World.Commit();
    }

    public Artifact Artifact { get; }

    public TestWorld World { get; }

    public Address Address { get; }

    /// <summary>Runs a test function from the state after <c>setUp</c>.</summary>
    public Outcome Run(string signature, params AbiValue[] arguments)
    {
        World.Restart();
        return World.Try(Address, AbiValue.Call(signature, arguments));
    }

    public void Dispose() => World.Dispose();

    private Address Library(string key)
    {
        if (_libraries.TryGetValue(key, out Address known)) return known;
        Address address = World.Create(TestWorld.LibraryCreator, Artifact.All[key].InitCode(Library), UInt256.Zero);
        return _libraries[key] = address;
    }
}
