using Chain.Core.Crypto;

namespace Chain.Core.Tests.Crypto;

/// <summary>The table of native libraries and what a user reads when one is missing.</summary>
public sealed class NativeLibrariesTests
{
    [Test]
    public void Every_entry_has_a_unique_name_candidates_and_an_install_command()
    {
        Assert.That(NativeLibraries.Table.Select(e => e.Name), Is.EqualTo((string[])["secp256k1", "ckzg", "gmp", "rocksdb"]));
        Assert.That(NativeLibraries.Table.All(e => e.FileNames.Count > 0 && e.InstallCommand.Length > 0), Is.True);
    }

    [Test]
    public void A_missing_library_is_one_sentence_with_its_install_command()
    {
        NativeLibraryEntry entry = NativeLibraries.Table[0];
        NativeLibraryMissingException error = new(entry);
        Assert.That(error.Message, Is.EqualTo(
            "libsecp256k1 was not found (needed for transaction signatures and ECRECOVER): install it with 'apt-get install libsecp256k1-1'."));
        Assert.That(error.Library, Is.SameAs(entry));
    }

    [Test]
    public void A_library_outside_the_table_is_refused() =>
        Assert.That(() => NativeLibraries.TryLoad("nothing", out _), Throws.ArgumentException.With.Message.Contains("'nothing'"));

    [Test]
    public void Loading_twice_gives_the_same_handle_and_registering_twice_is_harmless()
    {
        NativeLibraries.Register(typeof(NativeLibrariesTests).Assembly);
        NativeLibraries.Register(typeof(NativeLibrariesTests).Assembly);
        nint first = NativeLibraries.Load(NativeLibraries.Secp256k1);
        Assert.That(first, Is.Not.Zero);
        Assert.That(NativeLibraries.Load(NativeLibraries.Secp256k1), Is.EqualTo(first));
    }
}
