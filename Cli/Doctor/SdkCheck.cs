namespace QatPipeline.Cli.Doctor;

/// <summary>The SDK that builds the pipeline.</summary>
internal sealed class SdkCheck : IMachineCheck
{
    private const string Name = ".NET SDK";

    public async Task<Finding> RunAsync(CancellationToken cancellationToken) =>
        await ProgramAnswer.OfAsync("dotnet", ["--version"], cancellationToken) is { } version
            ? Finding.Found(Name, $"{version}, runtime {Environment.Version}", Finding.EveryRun)
            : Finding.Missing(
                Name,
                "'dotnet --version' gives no SDK that global.json accepts",
                Finding.EveryRun,
                "install the package dotnet-sdk-10.0 of your system's feed");
}
