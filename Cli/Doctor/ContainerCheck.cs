using QatPipeline.Foundation;

namespace QatPipeline.Cli.Doctor;

/// <summary>A container engine, which runs broker and storage where it answers.</summary>
internal sealed class ContainerCheck : IMachineCheck
{
    private const string Name = "containers";
    private const string NeededFor = "broker and storage in containers";

    private static readonly string[] Engines = ["docker", "podman"];

    public async Task<Finding> RunAsync(CancellationToken cancellationToken)
    {
        foreach (var engine in Engines.Where(engine => InstalledProgram.Find(engine) is not null))
        {
            // A client without its engine prints a version too: only the engine can tell about itself.
            if (await ProgramAnswer.OfAsync(engine, ["info", "--format", "{{.ServerVersion}}"], cancellationToken)
                is { } version)
            {
                return Finding.Found(Name, $"{engine} {version}", NeededFor);
            }
        }

        return Finding.Missing(
            Name, "no engine answers", NeededFor, "nothing to do: local processes do the same; else install and start docker or podman");
    }
}
