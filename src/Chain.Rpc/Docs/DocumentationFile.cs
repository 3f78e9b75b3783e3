using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Chain.Rpc.Docs;

/// <summary>The documentation comments of the methods, from the file that the compiler writes beside the assembly. Without it, summaries are empty.</summary>
internal static partial class DocumentationFile
{
    private static readonly Lazy<Dictionary<string, string>> Summaries = new(Read);

    /// <summary>The summary of a method as one line of plain text with code marks.</summary>
    public static string SummaryOf(MethodInfo method) => Summaries.Value.GetValueOrDefault($"{method.DeclaringType!.FullName}.{method.Name}", "");

    private static Dictionary<string, string> Read()
    {
        Dictionary<string, string> summaries = new(StringComparer.Ordinal);
        string path = Path.ChangeExtension(typeof(DocumentationFile).Assembly.Location, ".xml");
        if (!File.Exists(path)) return summaries;
        foreach (XElement member in XDocument.Load(path).Descendants("member"))
        {
            string name = member.Attribute("name")!.Value;
            if (!name.StartsWith("M:", StringComparison.Ordinal) || member.Element("summary") is not { } summary) continue;
            int arguments = name.IndexOf('(', StringComparison.Ordinal);
            // Method names of one class differ: the arguments need not be compared.
            summaries.TryAdd(name[2..(arguments < 0 ? name.Length : arguments)], Plain(summary));
        }
        return summaries;
    }

    private static string Plain(XElement summary)
    {
        foreach (XElement code in summary.Descendants("c").ToArray()) code.ReplaceWith($"`{code.Value}`");
        foreach (XElement see in summary.Descendants("see").ToArray()) see.ReplaceWith(see.Attribute("cref")?.Value.Split('.')[^1] ?? "");
        return Space().Replace(summary.Value, " ").Trim();
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
