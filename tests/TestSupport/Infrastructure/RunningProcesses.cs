using System.Globalization;

namespace QatPipeline.TestSupport.Infrastructure;

/// <summary>The processes of this machine as <c>/proc</c> shows them. One that ends meanwhile, or is somebody else's, reads as empty.</summary>
public static class RunningProcesses
{
    /// <summary>Ids of all.</summary>
    public static IEnumerable<int> Ids => Directory.EnumerateDirectories("/proc")
        .Select(entry => int.TryParse(Path.GetFileName(entry), CultureInfo.InvariantCulture, out var id) ? id : 0)
        .Where(id => id > 0);

    /// <summary>Those that have a variable in their environment, zombies left out.</summary>
    /// <param name="variable">As <c>NAME=value</c>.</param>
    public static IEnumerable<(int Id, string Command)> With(string variable) => Ids
        .Where(id => Read(id, "environ").Split('\0').Contains(variable))
        .Select(id => (Id: id, Command: CommandOf(id)))
        .Where(process => process.Command.Length > 0);

    /// <summary>The command line, a space behind each argument; empty when the process has ended.</summary>
    public static string CommandOf(int id) => Read(id, "cmdline").Replace('\0', ' ');

    /// <summary>Ids of the processes that a process has started.</summary>
    public static IEnumerable<int> ChildrenOf(int id) => Ids.Where(child => ParentOf(child) == id);

    /// <summary>A file of a process, such as <c>environ</c>.</summary>
    public static string Read(int id, string file)
    {
        try
        {
            return File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/{file}"));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    // pid (name) state parent …; the name may hold anything.
    private static int ParentOf(int id) => Read(id, "stat") is { Length: > 0 } line
        ? int.Parse(line[(line.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture)
        : 0;
}
