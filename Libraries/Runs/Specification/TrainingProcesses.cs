using System.Globalization;
using System.Text.RegularExpressions;
using QatPipeline.Contracts.Specification;

namespace QatPipeline.Runs.Specification;

/// <summary>The processes that share the batches of a training.</summary>
/// <param name="Count">All of them.</param>
/// <param name="Hosts">Where they are, in the order of their ranks; empty for this machine.</param>
public sealed record TrainingProcesses(int Count, IReadOnlyList<TrainingHost> Hosts)
{
    /// <summary>Those of a specification that has been checked.</summary>
    public static TrainingProcesses Of(QatSpecification qat) => Of(qat.Processes, qat.Hosts);

    /// <inheritdoc cref="Of(QatSpecification)"/>
    public static TrainingProcesses Of(TrainSpecification train) => Of(train.Processes, train.Hosts);

    internal static TrainingProcesses Of(int processes, IReadOnlyList<string> hosts)
    {
        TrainingHost[] parsed = [.. hosts.Select(host => TrainingHost.Parse(host)!)];
        return new TrainingProcesses(parsed.Length == 0 ? processes : parsed.Sum(host => host.Processes), parsed);
    }
}

/// <summary>A host and how many processes it has.</summary>
/// <param name="Name">Its name or its address.</param>
/// <param name="Processes">At least 1.</param>
public sealed partial record TrainingHost(string Name, int Processes)
{
    /// <summary>Whether it is the name or the address of a host.</summary>
    internal static bool IsName(string text) => Parse($"{text}:1") is not null;

    /// <summary>From <c>NAME:PROCESSES</c>; null where it is something else.</summary>
    internal static TrainingHost? Parse(string? text) => Form.Match(text ?? "") is { Success: true } match
        ? new TrainingHost(match.Groups["name"].Value, int.Parse(match.Groups["processes"].Value, CultureInfo.InvariantCulture))
        : null;

    // Nothing that a launcher could take for an option or for two hosts.
    [GeneratedRegex(@"^(?<name>[A-Za-z0-9][A-Za-z0-9._-]*):(?<processes>[1-9][0-9]{0,3})\z")]
    private static partial Regex Form { get; }
}
