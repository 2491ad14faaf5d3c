using System.Text.Json;
using System.Text.Json.Serialization;

namespace QatPipeline.AspireLocal.Dcp;

/// <summary>One object of the orchestrator's API, which has the form of Kubernetes' API.</summary>
internal sealed record DcpObject<TSpec, TStatus>
{
    public string ApiVersion { get; init; } = DcpJson.GroupVersion;

    public required string Kind { get; init; }

    public required DcpMetadata Metadata { get; init; }

    public TSpec? Spec { get; init; }

    public TStatus? Status { get; init; }
}

internal sealed record DcpMetadata(string Name, IReadOnlyDictionary<string, string>? Annotations = null);

/// <summary>An event of a watch.</summary>
internal sealed record DcpWatchEvent<TObject>(string Type, TObject Object);

internal sealed record DcpVariable(string Name, string? Value);

internal sealed record DcpExecutableSpec
{
    public required string ExecutablePath { get; init; }

    public required string WorkingDirectory { get; init; }

    public required IReadOnlyList<string> Args { get; init; }

    public required IReadOnlyList<DcpVariable> Env { get; init; }

    public string ExecutionType { get; init; } = "Process";
}

internal sealed record DcpContainerSpec
{
    public required string Image { get; init; }

    public required IReadOnlyList<string> Args { get; init; }

    public required IReadOnlyList<DcpVariable> Env { get; init; }

    public required IReadOnlyList<DcpContainerPort> Ports { get; init; }

    public required IReadOnlyList<DcpVolumeMount> VolumeMounts { get; init; }
}

internal sealed record DcpContainerPort(int ContainerPort, int? HostPort = null, string Protocol = "TCP", string HostIP = "127.0.0.1");

internal sealed record DcpVolumeMount(string Type, string? Source, string Target, bool ReadOnly);

/// <summary>The state of a process or container; what one of them lacks is null.</summary>
internal sealed record DcpRunStatus
{
    public string? State { get; init; }

    public int? Pid { get; init; }

    public int? ExitCode { get; init; }

    public DateTimeOffset? StartupTimestamp { get; init; }

    public DateTimeOffset? FinishTimestamp { get; init; }

    public string? Message { get; init; }

    public IReadOnlyList<DcpVariable>? EffectiveEnv { get; init; }

    public IReadOnlyList<string>? EffectiveArgs { get; init; }
}

internal sealed record DcpServiceSpec(int? Port, string Protocol = "TCP", string AddressAllocationMode = "Localhost");

internal sealed record DcpServiceStatus(string? State, int? EffectivePort);

/// <summary>Says which process serves a service: the value of the annotation <c>service-producer</c>.</summary>
internal sealed record DcpServiceProducer(string ServiceName, string Address, int? Port);

internal static class DcpJson
{
    public const string GroupVersion = "usvc-dev.developer.microsoft.com/v1";

    public const string ServiceProducer = "service-producer";

    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };
}
