namespace QatPipeline.AppHost;

/// <summary>A program of this machine that others connect to.</summary>
internal sealed class LocalProcess(string name, string program, string folder, string connectionString)
    : ExecutableResource(name, program, folder), IResourceWithConnectionString
{
    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create($"{connectionString}");

    /// <summary>The full path of a program, named by its path or looked for on PATH.</summary>
    public static string Require(string what, string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists)
        ?? throw new DistributedApplicationException($"{what} is not installed. To get it: ./qat setup");
}
