using QatPipeline.Cli.Natives;

namespace QatPipeline.Cli.Doctor;

/// <summary>What works on this machine and what does not.</summary>
/// <param name="CanRun">Whether <c>./qat run</c> can work here.</param>
/// <param name="Findings">All parts that were looked at.</param>
internal sealed record Diagnosis(bool CanRun, IReadOnlyList<Finding> Findings)
{
    /// <summary>Runs the checks one after the other.</summary>
    public static async Task<Diagnosis> OfAsync(IEnumerable<IMachineCheck> checks, CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        foreach (var check in checks)
        {
            findings.Add(await check.RunAsync(cancellationToken));
        }

        return new Diagnosis(findings.TrueForAll(finding => finding.Works || finding.NeededFor != Finding.EveryRun), findings);
    }

    /// <summary>All checks, in the order in which a user needs what they look at.</summary>
    public static IEnumerable<IMachineCheck> Checks() =>
    [
        new SdkCheck(),
        .. RunNatives.All.Select(component => new NativeCheck(component)),
        new ProcessorCheck(),
        new MemoryCheck(),
        new DiskCheck(),
        new BrokerCheck(),
        new StorageCheck(),
        new ContainerCheck(),
        new TrtexecCheck(),
        new CudaCheck(),
        new MpiCheck(),
    ];
}
