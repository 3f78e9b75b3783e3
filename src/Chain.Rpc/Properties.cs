using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Chain.Rpc.Tests")]
