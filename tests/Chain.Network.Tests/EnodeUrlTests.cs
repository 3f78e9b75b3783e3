using System.Net;
using Chain.Network.Peers;

namespace Chain.Network.Tests;

public sealed class EnodeUrlTests
{
    private static readonly string Key = string.Concat(Enumerable.Repeat("ab", 64));

    [Test]
    public void A_peer_address_has_a_key_a_host_and_ports()
    {
        Assert.That(EnodeUrl.TryParse($"enode://{Key.ToUpperInvariant()}@10.0.0.1:30303?discport=30301", out EnodeUrl? url, out _), Is.True);
        Assert.That(url!.PublicKey, Is.EqualTo(Key));
        Assert.That(url.Host, Is.EqualTo(IPAddress.Parse("10.0.0.1")));
        Assert.That(url.Port, Is.EqualTo(30303));
        Assert.That(url.DiscoveryPort, Is.EqualTo(30301));
    }

    [TestCase("10.0.0.1:30303")]
    [TestCase("10.0.0.1:30303?discport=30301")]
    [TestCase("[2001:db8::1]:30303")]
    public void A_peer_address_is_written_as_it_was_read(string endpoint)
    {
        string text = $"enode://{Key}@{endpoint}";
        Assert.That(EnodeUrl.TryParse(text, out EnodeUrl? url, out _), Is.True);
        Assert.That(url!.ToString(), Is.EqualTo(text));
    }

    [TestCase("http://host", "enode://")]
    [TestCase("enode://abcd@10.0.0.1:1", "public key")]
    [TestCase("enode://KEY", "public key")]
    [TestCase("enode://KEY@10.0.0.1", "port")]
    [TestCase("enode://KEY@10.0.0.1:0", "port")]
    [TestCase("enode://KEY@10.0.0.1:65536", "port")]
    [TestCase("enode://KEY@example.org:30303", "IP address")]
    [TestCase("enode://KEY@10.0.0.1:30303?port=1", "discovery port")]
    [TestCase("enode://KEY@10.0.0.1:30303?discport=-1", "discovery port")]
    public void A_wrong_peer_address_is_refused_with_the_part_that_is_wrong(string template, string part)
    {
        Assert.That(EnodeUrl.TryParse(template.Replace("KEY", Key, StringComparison.Ordinal), out EnodeUrl? url, out string? error), Is.False);
        Assert.That(url, Is.Null);
        Assert.That(error, Does.Contain(part));
    }

    [Test]
    public void An_endless_peer_address_is_refused_by_its_length()
    {
        Assert.That(EnodeUrl.TryParse("enode://" + new string('a', 10_000), out _, out string? error), Is.False);
        Assert.That(error, Does.Contain("10008"));
    }

    [Test]
    public void The_directory_counts_connected_peers_and_is_bounded()
    {
        PeerDirectory directory = new();
        for (int i = 0; i < PeerDirectory.PeersMax; i++) Assert.That(directory.TryAdd(Peer(i)), Is.True);
        Assert.That(directory.TryAdd(Peer(PeerDirectory.PeersMax)), Is.False);
        Assert.That(directory.TryAdd(Peer(0)), Is.True, "a known peer may be re-addressed");

        directory.SetConnected(Peer(0), isConnected: true);
        directory.SetConnected(Peer(PeerDirectory.PeersMax), isConnected: true);
        Assert.That(directory.ConnectedCount, Is.EqualTo(1));
        directory.SetConnected(Peer(0), isConnected: false);
        Assert.That(directory.ConnectedCount, Is.Zero);
        Assert.That(directory.Remove(Peer(0)), Is.True);
        Assert.That(directory.Remove(Peer(0)), Is.False);
        Assert.That(directory.Named, Has.Count.EqualTo(PeerDirectory.PeersMax - 1));
    }

    private static EnodeUrl Peer(int i)
    {
        Assert.That(EnodeUrl.TryParse($"enode://{i:x128}@10.0.0.1:30303", out EnodeUrl? url, out _), Is.True);
        return url!;
    }
}
