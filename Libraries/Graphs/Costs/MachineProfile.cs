using System.Text.Json;
using System.Text.Json.Serialization;
using QatPipeline.Foundation;

namespace QatPipeline.Graphs.Costs;

/// <summary>
/// What the kernels of one runtime cost on one machine: what placement, estimates and the bits of weights follow. The numbers are fixed
/// once they are written, so that decisions based on them can be repeated anywhere.
/// </summary>
public sealed record MachineProfile
{
    private const int CurrentFormat = 1;

    private static readonly JsonSerializerOptions Serializer = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Version of the file's form.</summary>
    public int Format { get; init; } = CurrentFormat;

    /// <summary>What people call the machine: <c>avx2</c>, <c>avx512-vnni</c>, <c>here</c>, or a name of their own.</summary>
    public required string Name { get; init; }

    /// <summary>The processor's own name.</summary>
    public required string Processor { get; init; }

    /// <summary>The runtime whose kernels were measured, with its version.</summary>
    public required string Runtime { get; init; }

    /// <summary>Threads that each kernel had.</summary>
    public required int Threads { get; init; }

    /// <summary>True where rates stem from another source than a measurement of the whole list of kernels.</summary>
    public bool IsEstimated { get; init; }

    /// <summary>
    /// Bits that weights can have without the integer kernels' sums saturating: 8, or 7 where pairs of products are added in 16 bits.
    /// </summary>
    public required int WeightBits { get; init; }

    /// <summary>The cost of each kind of kernel.</summary>
    public required IReadOnlyDictionary<CostClass, KernelRate> Rates { get; init; }

    /// <summary>The measurements that the rates were fitted to; empty where there were none.</summary>
    public IReadOnlyList<ProfileProbe> Probes { get; init; } = [];

    /// <summary>SHA-256 over what decisions depend on: weight bits and rates.</summary>
    [JsonIgnore]
    public string Digest => Digests.Of(JsonSerializer.SerializeToUtf8Bytes(
        new { WeightBits, Rates = Rates.OrderBy(rate => rate.Key).Select(rate => new { rate.Key, rate.Value }) }, Serializer));

    /// <summary>The estimated time of a kernel in nanoseconds.</summary>
    public double NanosecondsOf(CostClass kind, KernelWork work) => Rates[kind].NanosecondsOf(work);

    /// <summary>Reads a profile.</summary>
    /// <param name="content">JSON, as <see cref="Write"/> gives it.</param>
    /// <param name="source">What errors call it.</param>
    /// <exception cref="GraphException">It is not a profile, or lacks the rate of a kind of kernel.</exception>
    public static MachineProfile Read(ReadOnlySpan<byte> content, string source)
    {
        MachineProfile profile;
        try
        {
            profile = JsonSerializer.Deserialize<MachineProfile>(content, Serializer) ?? throw new JsonException("it is empty");
        }
        catch (JsonException exception)
        {
            throw new GraphException(
                $"{source} is not a machine's profile: {exception.Message} Write one with `qat profile --out FILE`.", exception);
        }

        profile.Check(source);
        return profile;
    }

    /// <summary>The profile as indented JSON with a line break at its end.</summary>
    public byte[] Write() => [.. JsonSerializer.SerializeToUtf8Bytes(this, Serializer), (byte)'\n'];

    private void Check(string source)
    {
        var missing = Enum.GetValues<CostClass>().Where(kind => Rates.GetValueOrDefault(kind) is not { IsSound: true }).ToArray();
        var complaint = Format != CurrentFormat ? $"has format {Format}, and this version reads {CurrentFormat}"
            : missing.Length > 0 ? $"has no rate, or a negative one, for {string.Join(", ", missing)}"
            : WeightBits is not (7 or 8) ? $"asks for weights of {WeightBits} bits, and there are 7 and 8"
            : null;
        if (complaint is not null)
        {
            throw new GraphException($"The machine's profile {source} {complaint}: measure it anew with `qat profile --out FILE`.");
        }
    }
}

/// <summary>One measurement of a profile.</summary>
/// <param name="Name">The network that was timed, such as <c>conv3x3 64@40</c>.</param>
/// <param name="Form">Its form: <c>float</c>, <c>int8</c>, <c>int8-7bit</c> or <c>mixed</c>.</param>
/// <param name="Microseconds">The median time of one run.</param>
/// <param name="Estimate">What the fitted rates give for it, in microseconds.</param>
public sealed record ProfileProbe(string Name, string Form, double Microseconds, double Estimate);
