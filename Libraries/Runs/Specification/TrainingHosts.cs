using Microsoft.Extensions.Configuration;
using QatPipeline.Contracts.Specification;

namespace QatPipeline.Runs.Specification;

/// <summary>
/// The hosts on which submitted runs may have processes of their trainings: whoever may submit runs must not start programs wherever the
/// services can.
/// </summary>
public sealed class TrainingHosts
{
    /// <summary>The setting that names them, as an environment variable.</summary>
    public const string Key = "Training__Hosts";

    private readonly HashSet<string>? _names;

    private TrainingHosts(HashSet<string>? names) => _names = names;

    /// <summary>Wherever the user may: for runs in the user's own process.</summary>
    public static TrainingHosts Unlimited { get; } = new(null);

    /// <summary>The setting <c>Training:Hosts</c>, names or addresses with commas between them; without it, no host.</summary>
    /// <exception cref="SpecificationException">It names something else.</exception>
    public static TrainingHosts From(IConfiguration configuration)
    {
        const StringSplitOptions form = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;
        var names = (configuration["Training:Hosts"] ?? "").Split(',', form);
        return Array.Find(names, name => !TrainingHost.IsName(name)) is { } other
            ? throw new SpecificationException($"{Key} names '{other}', but takes names or addresses of hosts, with commas between them.")
            : new TrainingHosts(new HashSet<string>(names, StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>Refuses a run with processes on another host.</summary>
    /// <param name="specification">It has been checked.</param>
    /// <param name="source">What errors call it.</param>
    /// <exception cref="SpecificationException">The first such host, and the setting.</exception>
    public void Require(RunSpecification specification, string source)
    {
        if (specification.Train is { } train)
        {
            Require(TrainingProcesses.Of(train), "train.hosts", source);
        }

        if (specification.Qat is { } qat)
        {
            Require(TrainingProcesses.Of(qat), "qat.hosts", source);
        }
    }

    private void Require(TrainingProcesses processes, string key, string source)
    {
        if (_names is not null && processes.Hosts.FirstOrDefault(host => !_names.Contains(host.Name)) is { } other)
        {
            throw new SpecificationException(
                $"{source}: {key} names '{other.Name}', where runs of this system may not start processes: leave it out, or start the system "
                + $"with its name in {Key}");
        }
    }
}
