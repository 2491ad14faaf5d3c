namespace QatPipeline.Architecture.Tests;

/// <summary>Namespaces of one assembly that need each other, directly or through others.</summary>
/// <param name="Namespaces">In order of their names, without the assembly's root.</param>
/// <param name="Because">One use for each step from one of them to another.</param>
internal sealed record FolderCircle(string Namespaces, IReadOnlyList<string> Because)
{
    /// <summary>The circles among the hand-written types of an assembly.</summary>
    public static IReadOnlyList<FolderCircle> In(OurProject project)
    {
        var types = project.Assembly.Types.Where(type => type.Folders.Count > 0).ToDictionary(type => type.FullName, StringComparer.Ordinal);
        var steps = types.Values
            .SelectMany(type => type.Uses.Where(types.ContainsKey).Select(used => (From: type, To: types[used])))
            .Where(step => step.From.Namespace != step.To.Namespace)
            .ToLookup(step => step.From.Namespace);
        var reached = steps.ToDictionary(from => from.Key, from => ReachedFrom(from.Key), StringComparer.Ordinal);
        return
        [
            .. reached.Keys
                .Where(name => reached[name].Contains(name))
                .GroupBy(name => string.Join(
                    " ↔ ",
                    reached[name].Where(other => reached.TryGetValue(other, out var back) && back.Contains(name))
                        .Select(Short)
                        .Order(StringComparer.Ordinal)))
                .Select(circle => new FolderCircle(circle.Key, [.. Because([.. circle])])),
        ];

        HashSet<string> ReachedFrom(string start)
        {
            var (found, pending) = (new HashSet<string>(StringComparer.Ordinal), new Stack<string>([start]));
            while (pending.TryPop(out var name))
            {
                foreach (var next in steps[name].Select(step => step.To.Namespace).Where(found.Add))
                {
                    pending.Push(next);
                }
            }

            return found;
        }

        IEnumerable<string> Because(HashSet<string> circle) => circle
            .SelectMany(name => steps[name].Where(step => circle.Contains(step.To.Namespace)).DistinctBy(step => step.To.Namespace))
            .Select(step => $"{Short(step.From.FullName)} uses {Short(step.To.FullName)}");

        string Short(string name) => name == project.RootNamespace ? "(root)"
            : name.StartsWith($"{project.RootNamespace}.", StringComparison.Ordinal) ? name[(project.RootNamespace.Length + 1)..] : name;
    }
}
