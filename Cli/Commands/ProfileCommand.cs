using QatPipeline.Cli.Natives;
using QatPipeline.Cli.Output;
using QatPipeline.Engines.Profiling;
using QatPipeline.Foundation;
using QatPipeline.Foundation.Natives;

namespace QatPipeline.Cli.Commands;

/// <summary><c>qat profile</c>: what the kernels of this machine cost, measured.</summary>
internal static class ProfileCommand
{
    public static Command Create()
    {
        var threads = new Option<int>("--threads") { Description = "Threads of each kernel; 0 takes the physical cores", HelpName = "N" };
        var name = new Option<string>("--name")
        {
            Description = "What the profile calls the machine",
            DefaultValueFactory = _ => StoredProfile.Name,
        };
        var output = new Option<FileInfo?>("--out", "-o")
        {
            Description = "File for the profile, to be named by build.machine on other machines; without it, it is kept for 'here'",
            HelpName = "FILE",
        };
        var json = JsonOutput.CreateOption();
        var command = new Command(
            "profile",
            """
            Measure what ONNX Runtime's kernels cost on this machine: convolutions of all kinds, conversions, element-wise operators,
            activations, pools and resizing, in float and on 8-bit codes. Takes less than a minute; let the machine do nothing else. A run
            with 'build.machine: here' places its quantizers by it, one with 'build.machine: FILE' on any machine.

            Example: qat profile
            Example: qat profile --threads 1 --out edge-box.json --name edge-box
            """) { threads, name, output, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            NativeComponent.LoadAll(RunNatives.All);
            var count = parsed.GetValue(threads);
            if (count is < 0 or > 1024)
            {
                throw new Runs.Specification.SpecificationException($"--threads is {count}, but must be from 0 to 1024.");
            }

            var profiler = MachineProfiler.OfThisMachine(count);
            var stored = new StoredProfile(count);
            using var progress = new ProfileProgressLine();
            var file = parsed.GetValue(output);
            var profile = file is null
                ? await stored.MeasureAsync(profiler, progress, cancellationToken)
                : await profiler.MeasureAsync(parsed.GetRequiredValue(name), progress, cancellationToken);
            if (file is not null)
            {
                AtomicFile.Write(file.FullName, profile.Write());
            }

            progress.Dispose();
            await JsonOutput.WriteAsync(
                parsed, json, profile, () => ProfileTable.Write(profile, file?.FullName ?? stored.Path), cancellationToken);
        });
        return command;
    }
}
