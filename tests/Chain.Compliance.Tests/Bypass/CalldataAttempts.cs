using Chain.Compliance.Registry;
using Chain.Core.Crypto;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using static Chain.Compliance.Tests.Bypass.Attempt;

namespace Chain.Compliance.Tests.Bypass;

/// <summary>Malformed calldata, oversized batches and consents that are not what they say.</summary>
public sealed class CalldataAttempts
{
    private const byte WalletKey = 9;

    [TestCaseSource(nameof(Malformed))]
    [TestCaseSource(nameof(Batches))]
    [TestCaseSource(nameof(Consents))]
    public void Try(Action attempt) => attempt();

    private static IEnumerable<TestCaseData> Malformed()
    {
        byte[] role = World.Encode("setEnabled(address)", World.Nobody);
        byte[] officer = World.Encode("setOfficer(address,bool)", World.Nobody, true);
        byte[] freeze = World.Encode(SetWallet, World.Bob, 2, Reason);
        byte[] register = World.Encode(Register, World.Input(World.Id(70)), new[] { World.Nobody });
        byte[] sanction = World.Encode(Sanction, new[] { World.Bob, World.Nobody }, true, 1);
        yield return Raw("Calldata_without_selector", World.Admin, []);
        yield return Raw("A_selector_of_three_bytes", World.Admin, role[..3]);
        yield return Raw("An_unknown_selector", World.Admin, [0xde, 0xad, 0xbe, 0xef, .. role[4..]]);
        yield return Raw("A_truncated_address", World.Admin, role[..^1]);
        yield return Raw("A_missing_argument", World.Admin, officer[..36]);
        yield return Raw("An_address_with_dirty_padding", World.Admin, Dirty(role, 4));
        yield return Raw("A_boolean_of_two", World.Admin, With(officer, 67, 2));
        yield return Raw("A_status_with_dirty_padding", World.Officer, Dirty(freeze, 36));
        yield return Raw("A_tuple_with_a_dirty_tier", World.Agent, Dirty(register, 4 + (2 * 32)));
        yield return Raw("A_tuple_with_a_dirty_expiry", World.Agent, Dirty(register, 4 + (7 * 32)));
        yield return Raw("An_array_offset_outside", World.Officer, With(sanction, 35, 0xff));
        yield return Raw("An_array_longer_than_its_data", World.Officer, With(sanction, 4 + (3 * 32) + 31, 200));
        yield return Raw("An_array_length_that_overflows", World.Officer, Fill(sanction, 4 + (3 * 32), 0xff));
        yield return Raw("A_dirty_element_of_an_array", World.Officer, Dirty(sanction, 4 + (5 * 32)));
        yield return Case("Wallet_lists_that_overlap_to_be_read_many_times", () =>
        {
            // 40 identities whose empty wallet lists are all the same one.
            using World world = new(1);
            IdentityInput[] inputs = [.. Enumerable.Range(0, 40).Select(i => World.Input(World.Id(200 + (ulong)i)))];
            byte[] batch = World.Encode(RegisterBatch, inputs, inputs.Select(_ => Array.Empty<Address>()).ToArray())[..^(39 * 32)];
            int lists = batch.Length - (41 * 32);
            for (int i = 1; i < 40; i++) batch.AsSpan(lists, 32).CopyTo(batch.AsSpan(lists + (i * 32)));
            Refused(world, ModuleAddresses.Kyc, World.Agent, batch);
        });

        static TestCaseData Raw(string name, Address caller, byte[] input) => Case(name, () =>
        {
            using World world = new(1);
            Refused(world, ModuleAddresses.Kyc, caller, input);
        });

        static byte[] Dirty(byte[] input, int word) => With(input, word, 1);

        static byte[] With(byte[] input, int index, byte value)
        {
            byte[] changed = [.. input];
            changed[index] = value;
            return changed;
        }

        static byte[] Fill(byte[] input, int word, byte value)
        {
            byte[] changed = [.. input];
            changed.AsSpan(word, 32).Fill(value);
            return changed;
        }
    }

    private static IEnumerable<TestCaseData> Batches()
    {
        IdentityInput[] many = [.. Enumerable.Range(0, 81).Select(i => World.Input(World.Id(300 + (ulong)i)))];
        Address[] accounts = [.. Enumerable.Range(0, 81).Select(i => Address.FromNumber(0xa000 + (ulong)i))];
        yield return Batch("A_batch_of_81_registrations", World.Agent, RegisterBatch, many, many.Select(_ => Array.Empty<Address>()).ToArray());
        yield return Batch("A_batch_of_81_sanctions", World.Officer, Sanction, accounts, true, 1);
        yield return Batch("A_batch_of_81_countries", World.Officer, "setCountryBlocked(uint16[],bool)", Enumerable.Range(1, 81).Select(i => (ushort)i).ToArray(), true);
        yield return Batch("An_identity_with_65_wallets", World.Agent, Register, World.Input(World.Id(71)), accounts[..65]);
        yield return Batch("A_batch_with_fewer_wallet_lists", World.Agent, RegisterBatch, many[..2], new[] { Array.Empty<Address>() });
        yield return Batch("A_batch_whose_last_item_fails_keeps_the_others", World.Agent, RegisterBatch, new[] { World.Input(World.Id(72)), World.Input(World.AliceId) }, new[] { Array.Empty<Address>(), [] });
        yield return Batch("One_wallet_for_two_identities_of_a_batch", World.Agent, RegisterBatch, many[..2], new[] { new[] { Stranger }, [Stranger] });

        static TestCaseData Batch(string name, Address caller, string signature, params object[] arguments) => Case(name, () =>
        {
            using World world = new(1);
            Refused(world, caller, signature, arguments);
        });
    }

    private static IEnumerable<TestCaseData> Consents()
    {
        Address wallet = AccountOf(WalletKey);
        ulong deadline = World.Now + 100;
        byte[] good = Sign(LinkConsent.Digest(World.AliceId, wallet, deadline, World.ChainId));
        yield return Consent("A_consent_of_another_key", wallet, deadline, Sign(LinkConsent.Digest(World.AliceId, wallet, deadline, World.ChainId), 10));
        yield return Consent("A_consent_for_another_identity", wallet, deadline, Sign(LinkConsent.Digest(World.BobId, wallet, deadline, World.ChainId)));
        yield return Consent("A_consent_for_another_wallet", wallet, deadline, Sign(LinkConsent.Digest(World.AliceId, World.Nobody, deadline, World.ChainId)));
        yield return Consent("A_consent_for_another_chain", wallet, deadline, Sign(LinkConsent.Digest(World.AliceId, wallet, deadline, World.ChainId + 1)));
        yield return Consent("A_consent_for_another_deadline", wallet, deadline + 1, good);
        yield return Consent("A_consent_expired_by_one_second", wallet, World.Now - 1, Sign(LinkConsent.Digest(World.AliceId, wallet, World.Now - 1, World.ChainId)));
        yield return Consent("A_consent_with_high_s", wallet, deadline, HighS(good));
        yield return Consent("A_consent_with_v_of_0", wallet, deadline, [.. good[..64], (byte)(good[64] - 27)]);
        yield return Consent("A_consent_of_64_bytes", wallet, deadline, good[..64]);
        yield return Consent("A_consent_of_66_bytes", wallet, deadline, [.. good, 0]);
        yield return Consent("A_consent_with_r_of_zero", wallet, deadline, [.. new byte[32], .. good[32..]]);
        yield return Consent("No_consent_where_one_is_required", wallet, 0, []);
        yield return Consent("A_transaction_hash_signed_as_consent", wallet, deadline, Sign(World.Id(5)));
        yield return Case("A_consent_is_replayed_after_unlinking", () =>
        {
            using World world = new(1);
            world.Succeeds(World.Admin, "setConsentRequired(bool)", true);
            world.Succeeds(World.Agent, Link, World.AliceId, wallet, 0, deadline, good);
            world.Succeeds(World.Agent, "unlinkWallet(address)", wallet);
            Refused(world, World.Agent, Link, World.AliceId, wallet, 0, deadline, good);
        });
        yield return Case("Wallets_are_registered_with_the_identity_where_consent_is_required", () =>
        {
            using World world = new(1);
            world.Succeeds(World.Admin, "setConsentRequired(bool)", true);
            Refused(world, World.Agent, Register, World.Input(World.Id(73)), new[] { wallet });
        });

        static TestCaseData Consent(string name, Address wallet, ulong deadline, byte[] consent) => Case(name, () =>
        {
            using World world = new(1);
            world.Succeeds(World.Admin, "setConsentRequired(bool)", true);
            Refused(world, World.Agent, Link, World.AliceId, wallet, 0, deadline, consent);
        });
    }

    private static byte[] Sign(Hash256 digest, byte key = WalletKey)
    {
        Assert.That(Secp256k1.TrySign(digest.Bytes, KeyOf(key), out Core.Types.TransactionSignature s), Is.True);
        return [.. s.R.ToBigEndian(), .. s.S.ToBigEndian(), (byte)(27 + s.YParity)];
    }

    /// <summary>The other signature of the same message and key: n - s, and the other v.</summary>
    private static byte[] HighS(byte[] signature)
    {
        UInt256 order = UInt256.FromBigEndian(Convert.FromHexString("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"));
        return [.. signature[..32], .. (order - UInt256.FromBigEndian(signature.AsSpan(32, 32))).ToBigEndian(), (byte)(55 - signature[64])];
    }
}
