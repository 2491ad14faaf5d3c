using Microsoft.Extensions.Configuration;
using QatPipeline.Foundation;

namespace QatPipeline.Runs.Specification;

/// <summary>
/// The folders that the files a submitted run names must lie in, wherever links lead: whoever may submit runs must not read everything
/// that the services can read.
/// </summary>
public sealed class DataRoots
{
    /// <summary>The setting that names them, as an environment variable.</summary>
    public const string Key = "Data__Roots";

    // What Linux follows before it calls a path a loop.
    private const int MostLinks = 40;

    private readonly string[]? _roots;

    private DataRoots(string[]? roots) => _roots = roots;

    /// <summary>Everything the process itself may read: for runs in the user's own process.</summary>
    public static DataRoots Unlimited { get; } = new(null);

    /// <summary>
    /// The setting <c>Data:Roots</c>, folders with the system's path separator between them; without it, the user's home and cache.
    /// </summary>
    /// <exception cref="SpecificationException">A folder is not given by its full path.</exception>
    public static DataRoots From(IConfiguration configuration)
    {
        var listed = (configuration["Data:Roots"] ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);

        // A user without a home may have the root of the file system for one, which would be no limit.
        return Of(listed.Length > 0
            ? listed
            : new[] { Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), UserFolders.Cache }.Where(root => root != "/"));
    }

    /// <summary>These folders.</summary>
    /// <exception cref="SpecificationException">A folder is not given by its full path.</exception>
    public static DataRoots Of(params IEnumerable<string> roots) =>
        new([.. roots.Where(root => root.Length > 0).Select(root => Path.IsPathFullyQualified(root)
            ? Resolve(root)
            : throw new SpecificationException($"{Key} names '{root}', but takes full paths of folders."))]);

    /// <summary>Whether the path lies in one of the folders once all links are followed. It need not exist.</summary>
    public bool Allows(string path) => _roots is null || Array.Exists(_roots, IsAround(Resolve(path)));

    /// <summary>Refuses a path outside the folders.</summary>
    /// <param name="source">What errors call what names the path.</param>
    /// <param name="key">The key of the specification that names it.</param>
    /// <param name="path">A full path.</param>
    /// <param name="written">The path as the user wrote it, where it was another.</param>
    /// <exception cref="SpecificationException">The path lies, or leads, outside.</exception>
    public void Require(string source, string key, string path, string? written = null)
    {
        if (!Allows(path))
        {
            throw new SpecificationException($"{source}: {Refusal(key, written ?? path)}");
        }
    }

    internal string Refusal(string key, string path) =>
        $"'{key}' names {path}, which lies or leads outside the folders that runs may read ({string.Join(", ", _roots!)}): "
        + $"move it there, or start the system with its folder in {Key}";

    private static Predicate<string> IsAround(string path) => root =>
        root == "/" || path == root || path.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    /// <summary>The path without links and without <c>..</c>, as far as it exists; the rest as it is written.</summary>
    private static string Resolve(string path)
    {
        var (resolved, links) = ("/", 0);
        var ahead = new Stack<string>(path.Split('/').Reverse());
        while (ahead.TryPop(out var part))
        {
            var next = Path.Combine(resolved, part);
            if (part is "" or ".")
            {
                continue;
            }

            if (part is "..")
            {
                resolved = Path.GetDirectoryName(resolved) ?? "/";
            }
            else if (new FileInfo(next).LinkTarget is { } target && links++ < MostLinks)
            {
                resolved = Path.IsPathRooted(target) ? "/" : resolved;
                Array.ForEach([.. target.Split('/').Reverse()], ahead.Push);
            }
            else
            {
                resolved = next;
            }
        }

        return resolved;
    }
}
