namespace QatPipeline.AppHost.Infrastructure;

/// <summary>The programs that <c>./qat setup</c> installs.</summary>
internal static class InstalledTools
{
    /// <summary>Debian's own script: the one on PATH changes the user and the folder first.</summary>
    public const string RabbitMq = "/usr/lib/rabbitmq/bin/rabbitmq-server";

    /// <summary>The folder of what the system's packages don't have.</summary>
    public static string Folder { get; } = Environment.GetEnvironmentVariable("QAT_HOME") is { Length: > 0 } folder
        ? folder
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "qatpipeline");

    /// <summary>Azurite's blob service.</summary>
    public static string Azurite { get; } = Path.Combine(Folder, "azurite", "node_modules", "azurite", "dist", "src", "blob", "main.js");

    /// <exception cref="DistributedApplicationException">The program is not there.</exception>
    public static void Require(string path, string what)
    {
        if (!File.Exists(path))
        {
            throw new DistributedApplicationException($"{what} is not installed ('{path}'). To get it: ./qat setup");
        }
    }
}
