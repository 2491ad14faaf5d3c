namespace QatPipeline.AspireLocal.Running;

/// <summary>
/// Which program a project was built into. The AppHost's build builds the services too and writes the list down (see
/// Build/AspireLocal.targets), so that a service is started directly: <c>dotnet run</c> for each of seven projects would evaluate seven
/// projects at once, for ten seconds and more on two cores.
/// </summary>
internal sealed class ProjectOutputs
{
    private const string ListName = "aspire-projects.txt";

    private readonly Dictionary<string, string> _outputs;

    /// <param name="folder">The AppHost's output folder.</param>
    public ProjectOutputs(string folder)
    {
        var list = Path.Combine(folder, ListName);
        _outputs = !File.Exists(list) ? [] : File.ReadLines(list)
            .Select(line => line.Split('|'))
            .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
    }

    /// <summary>
    /// How to start a project: its built program, or <c>dotnet run</c> where the AppHost's build does not include the project.
    /// </summary>
    public (string Executable, IReadOnlyList<string> Arguments) Start(string projectPath)
    {
        var dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        return _outputs.TryGetValue(projectPath, out var output)
            ? (dotnet, [output])
            : (dotnet, ["run", "--project", projectPath, "--configuration", Configuration, "--no-launch-profile", "--"]);
    }

#if DEBUG
    private const string Configuration = "Debug";
#else
    private const string Configuration = "Release";
#endif
}
