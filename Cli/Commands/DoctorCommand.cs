using QatPipeline.Cli.Doctor;
using QatPipeline.Cli.Output;

namespace QatPipeline.Cli.Commands;

/// <summary><c>qat doctor</c>: what works on this machine and what does not, each with the remedy.</summary>
internal static class DoctorCommand
{
    private const int CannotRun = 1;

    public static Command Create()
    {
        var json = JsonOutput.CreateOption();
        var command = new Command(
            "doctor",
            """
            Look at this machine: SDK, native libraries, processor, memory, disk, broker, storage, TensorRT, CUDA, MPI, containers.
            Nothing is changed. The exit code is 0 where 'qat run' can work, else 1.

            Example: qat doctor
            Example: qat doctor --json doctor.json
            """) { json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var diagnosis = await Diagnosis.OfAsync(Diagnosis.Checks(), cancellationToken);
            await JsonOutput.WriteAsync(parsed, json, diagnosis, () => DiagnosisTable.Write(diagnosis), cancellationToken);

            return diagnosis.CanRun ? 0 : CannotRun;
        });
        return command;
    }
}
