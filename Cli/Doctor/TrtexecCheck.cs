using QatPipeline.Engines;
using QatPipeline.Engines.TensorRt;

namespace QatPipeline.Cli.Doctor;

/// <summary>TensorRT's builder.</summary>
internal sealed class TrtexecCheck : IMachineCheck
{
    private const string Name = "trtexec";

    public async Task<Finding> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await TensorRtBackend.DescribeAsync(new TensorRtOptions(), cancellationToken) is { } found
                ? Finding.Found(Name, found, Finding.TensorRt)
                : Finding.Missing(
                    Name,
                    "neither on PATH nor in /usr/src/tensorrt/bin",
                    Finding.TensorRt,
                    "install TensorRT 8 to 11, or build the engines on a machine that has it: './qat build-engine' writes the commands");
        }
        catch (EngineException error)
        {
            return Finding.Missing(Name, "cannot be used", Finding.TensorRt, error.Message);
        }
    }
}
