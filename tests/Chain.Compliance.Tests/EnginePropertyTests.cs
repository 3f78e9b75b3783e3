using Chain.Compliance.Engine;
using Chain.Core.Numeric;
using Chain.Core.Primitives;

namespace Chain.Compliance.Tests;

/// <summary>Random movements on the engine and on a plain model of section 4.3: same codes, balances, counters and locks.</summary>
[Category("Acceptance 10")]
public sealed class EnginePropertyTests
{
    private static readonly Address[] People = [World.Alice, World.Bob, EngineWorld.Carol, EngineWorld.Alice2];

    [TestCase(1, RuleMask.Kyc | RuleMask.MaxHolders | RuleMask.CountryHolders | RuleMask.MinHolding)]
    [TestCase(2, RuleMask.Kyc | RuleMask.HoldingPeriod | RuleMask.MaxBalance)]
    [TestCase(3, RuleMask.HoldingPeriod | RuleMask.Windows | RuleMask.TypeHolders)]
    [TestCase(4, RuleMask.MaxShare | RuleMask.Windows | RuleMask.MaxHolders | RuleMask.SupplyCap)]
    [TestCase(5, RuleMask.Kyc | RuleMask.HoldingPeriod | RuleMask.Windows | RuleMask.MaxBalance | RuleMask.MaxShare | RuleMask.CountryHolders | RuleMask.TypeHolders)]
    public void Engine_agrees_with_a_plain_model(int seed, RuleMask mask)
    {
        Random random = new(seed);
        using EngineWorld world = new();
        Model model = new(mask);
        world.Rules(mask, r => r with
        {
            MaxHolders = 2,
            MinHolding = 5,
            MaxBalance = 400,
            MaxShareBps = 6_000,
            SupplyCap = 900,
            HoldingPeriod = 20,
            HoldingRestarts = true,
        });
        world.Ok(EngineWorld.RuleAdmin, "setCountryHolderCap(address,uint16,uint32)", EngineWorld.Token, 276, 1);
        world.Ok(EngineWorld.RuleAdmin, "setTypeCaps(address,uint8,uint32,uint256)", EngineWorld.Token, 1, 2, 0);
        world.Ok(EngineWorld.RuleAdmin, "setWindows(address,uint32[],uint224[])", EngineWorld.Token, new uint[] { 7, 30 }, new UInt256[] { 60, 150 });
        int accepted = 0;
        for (int step = 0; step < 400; step++)
        {
            Address from = People[random.Next(People.Length)];
            Address to = People[random.Next(People.Length)];
            int amount = random.Next(4) == 0 ? (int)world.Balance(from).U0 : random.Next(60);
            int kind = random.Next(10);
            (byte actual, byte expected) = kind switch
            {
                0 or 1 or 2 => (world.Hook(EngineWorld.Created, to, amount), model.Mint(to, amount)),
                3 => (world.Hook(EngineWorld.Destroyed, from, amount), model.Burn(from, amount)),
                4 => (world.Hook(EngineWorld.Forced, from, to, amount, World.Id(9)), model.Force(from, to, amount)),
                _ => (world.Hook(EngineWorld.Transferred, from, to, amount), model.Transfer(from, to, amount)),
            };
            Assert.That(actual, Is.EqualTo(expected), $"step {step}: kind {kind}, {amount} from {from} to {to}");
            if (actual == 0) accepted++;
            Compare(world, model, step);
            if (random.Next(3) != 0) continue;
            int seconds = random.Next(1, 6);
            world.Later((ulong)seconds);
            model.Now += seconds;
        }
        Assert.That(accepted, Is.GreaterThan(60));
    }

    private static void Compare(EngineWorld world, Model model, int step)
    {
        Assert.That(world.Holders, Is.EqualTo((ulong)model.Holders(_ => true)), $"holders at {step}");
        Assert.That(world.Supply, Is.EqualTo((UInt256)(ulong)model.Balances.Values.Sum()), $"supply at {step}");
        Assert.That(world.Count(EngineLayout.CountryCaps, 276), Is.EqualTo((uint)model.Holders(k => Model.CountryOf(k) == 276)), $"Germans at {step}");
        Assert.That(world.Count(EngineLayout.TypeCaps, 2), Is.EqualTo((uint)model.Holders(k => Model.TypeOf(k) == 2)), $"professionals at {step}");
        foreach (Address account in People)
        {
            UInt256[] holder = world.Holder(account);
            Assert.That(holder[0], Is.EqualTo((UInt256)(ulong)model.BalanceOf(model.KeyOf(account))), $"balance at {step}");
            Assert.That(holder[2], Is.EqualTo((UInt256)(ulong)model.Locked(model.KeyOf(account))), $"locked at {step}");
        }
    }

    /// <summary>Section 4.3 on dictionaries and small numbers. Keys are names of identities, or of accounts without the KYC rule.</summary>
    private sealed class Model(RuleMask mask)
    {
        private readonly Dictionary<string, SortedDictionary<long, long>> _locks = [];
        private readonly List<(string Key, long Time, long Amount)> _sent = [];

        public Dictionary<string, long> Balances { get; } = [];

        public long Now { get; set; } = (long)World.Now;

        public string KeyOf(Address account) =>
            account == World.Bob ? "bob" : account == EngineWorld.Carol ? "carol" : account == World.Alice || mask.HasFlag(RuleMask.Kyc) ? "alice" : "alice2";

        public static int CountryOf(string key) => key == "carol" ? 250 : 276;

        public static int TypeOf(string key) => key == "carol" ? 2 : 1;

        public long BalanceOf(string key) => Balances.GetValueOrDefault(key);

        public int Holders(Func<string, bool> which) => Balances.Count(b => b.Value > 0 && which(b.Key));

        public long Locked(string key) => mask.HasFlag(RuleMask.HoldingPeriod) ? LocksOf(key).Where(l => l.Key > Now).Sum(l => l.Value) : 0;

        public byte Mint(Address to, long amount)
        {
            string key = KeyOf(to);
            byte code = Limits(null, key, amount, Balances.Values.Sum() + amount);
            if (code == 0 && mask.HasFlag(RuleMask.SupplyCap) && Balances.Values.Sum() + amount > 900) code = 81;
            if (code != 0) return code;
            Balances[key] = BalanceOf(key) + amount;
            Lock(key, amount);
            return 0;
        }

        public byte Burn(Address from, long amount)
        {
            string key = KeyOf(from);
            if (BalanceOf(key) < amount) return 128;
            Balances[key] = BalanceOf(key) - amount;
            Release(key);
            return 0;
        }

        public byte Force(Address from, Address to, long amount)
        {
            string sender = KeyOf(from);
            if (BalanceOf(sender) < amount) return 128;
            if (sender == KeyOf(to)) return 0;
            Balances[sender] = BalanceOf(sender) - amount;
            Balances[KeyOf(to)] = BalanceOf(KeyOf(to)) + amount;
            Release(sender);
            return 0;
        }

        public byte Transfer(Address from, Address to, long amount)
        {
            string sender = KeyOf(from);
            string receiver = KeyOf(to);
            if (BalanceOf(sender) < amount) return 128;
            if (sender == receiver) return 0;
            if (BalanceOf(sender) - Locked(sender) < amount) return 77;
            if (mask.HasFlag(RuleMask.Windows) && (Sent(sender, 7) + amount > 60 || Sent(sender, 30) + amount > 150)) return 78;
            byte code = Limits(sender, receiver, amount, Balances.Values.Sum());
            if (code != 0) return code;
            Balances[sender] = BalanceOf(sender) - amount;
            Balances[receiver] = BalanceOf(receiver) + amount;
            _sent.Add((sender, Now, amount));
            Lock(receiver, amount);
            return 0;
        }

        private byte Limits(string? sender, string receiver, long amount, long supply)
        {
            long received = BalanceOf(receiver) + amount;
            long remaining = sender is null ? 0 : BalanceOf(sender) - amount;
            if (mask.HasFlag(RuleMask.MinHolding) && (remaining is > 0 and < 5 || received is > 0 and < 5)) return 75;
            if (mask.HasFlag(RuleMask.MaxBalance) && received > 400) return 73;
            if (mask.HasFlag(RuleMask.MaxShare) && received * 10_000 > 6_000 * supply) return 74;
            int After(Func<string, bool> which) => Holders(k => k != sender && k != receiver && which(k))
                + (sender is not null && remaining > 0 && which(sender) ? 1 : 0) + (received > 0 && which(receiver) ? 1 : 0);
            if (mask.HasFlag(RuleMask.MaxHolders) && After(_ => true) > 2) return 70;
            if (mask.HasFlag(RuleMask.CountryHolders) && CountryOf(receiver) == 276 && After(k => CountryOf(k) == 276) > 1) return 71;
            return mask.HasFlag(RuleMask.TypeHolders) && TypeOf(receiver) == 1 && After(k => TypeOf(k) == 1) > 2 ? (byte)72 : (byte)0;
        }

        private long Sent(string key, long seconds) => _sent.Where(s => s.Key == key && s.Time / seconds == Now / seconds).Sum(s => s.Amount);

        private SortedDictionary<long, long> LocksOf(string key)
        {
            if (!_locks.TryGetValue(key, out SortedDictionary<long, long>? locks)) _locks[key] = locks = [];
            return locks;
        }

        private void Lock(string key, long amount)
        {
            if (!mask.HasFlag(RuleMask.HoldingPeriod) || amount == 0) return;
            SortedDictionary<long, long> locks = LocksOf(key);
            foreach (long expired in locks.Keys.Where(t => t <= Now).ToArray()) locks.Remove(expired);
            long until = Now + 20;
            bool isFull = locks.Count == 16 && !locks.ContainsKey(until);
            locks[until] = locks.GetValueOrDefault(until) + amount;
            if (!isFull) return;
            // The period never changes here, so that the new lot is the last to unlock and never the one to go.
            KeyValuePair<long, long> smallest = locks.Where(l => l.Key != until).OrderBy(l => l.Value).ThenBy(l => l.Key).First();
            locks.Remove(smallest.Key);
            locks[locks.Keys.First(t => t > smallest.Key)] += smallest.Value;
        }

        private void Release(string key)
        {
            if (!mask.HasFlag(RuleMask.HoldingPeriod)) return;
            SortedDictionary<long, long> locks = LocksOf(key);
            long excess = locks.Values.Sum() - BalanceOf(key);
            foreach (long time in locks.Keys.ToArray())
            {
                long taken = Math.Clamp(excess, 0, locks[time]);
                excess -= taken;
                locks[time] -= taken;
                if (locks[time] == 0) locks.Remove(time);
            }
        }
    }
}
