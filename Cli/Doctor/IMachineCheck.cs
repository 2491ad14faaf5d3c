namespace QatPipeline.Cli.Doctor;

/// <summary>Looks at one part of the machine. It changes nothing, and ends in seconds whatever it finds.</summary>
internal interface IMachineCheck
{
    Task<Finding> RunAsync(CancellationToken cancellationToken);
}
