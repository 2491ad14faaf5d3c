using System.Globalization;
using QatPipeline.Graphs.Costs;
using Spectre.Console;

namespace QatPipeline.Cli.Output;

/// <summary>A machine's profile on the terminal.</summary>
internal static class ProfileTable
{
    private const int DigestLength = 12;

    public static void Write(MachineProfile profile, string path)
    {
        var table = new Table().Title(Markup.Escape($"{profile.Processor}, {profile.Runtime}, {profile.Threads} threads"));
        table.AddColumns("kernel", "start µs", "ns/product", "ns/input", "ns/output", "ns/extra");
        foreach (var (kind, rate) in profile.Rates.OrderBy(rate => rate.Key))
        {
            table.AddRow(
                kind.ToString(), Number(rate.Start / 1000, "0.0"), Number(rate.Product, "0.#####"), Number(rate.Input, "0.####"),
                Number(rate.Output, "0.####"), Number(rate.Extra, "0.####"));
        }

        AnsiConsole.Write(table);
        double[] errors = [.. profile.Probes.Select(probe => Math.Abs((probe.Estimate / probe.Microseconds) - 1)).Order()];
        Console.WriteLine(
            $"{errors.Length} networks; half of the estimates are within {Number(errors[errors.Length / 2] * 100, "0")} % of the "
            + $"measured times, nine tenths within {Number(errors[errors.Length * 9 / 10] * 100, "0")} %");
        Console.WriteLine($"weights can have {profile.WeightBits} bits; digest {profile.Digest[..DigestLength]}");
        Console.WriteLine($"profile: {path}");
    }

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
