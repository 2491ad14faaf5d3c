using Azure;
using Grpc.Core;
using QatPipeline.Runs.Execution;

namespace QatPipeline.Runs.Tests.Execution;

public sealed class StageFaultTests
{
    [Fact]
    public void Of_StorageOutage_IsTransient()
    {
        Assert.True(StageFault.Of(new RequestFailedException(503, "busy")).IsTransient);
        Assert.True(StageFault.Of(new AggregateException(new RequestFailedException("refused"), new TimeoutException())).IsTransient);
    }

    [Fact]
    public void Of_FullDisk_IsFinalAndNamesTheRemedy()
    {
        var full = new IOException("No space left on device", 28);
        Assert.All([StageFault.Of(full), StageFault.Of(new InvalidOperationException("model.onnx: " + full.Message, full))], fault =>
        {
            Assert.False(fault.IsTransient);
            Assert.Contains("Free space", fault.Remedy, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Of_TimeOutAndLostRace_AreTransient()
    {
        Assert.True(StageFault.Of(new TaskCanceledException()).IsTransient);
        Assert.True(StageFault.Of(new RequestFailedException(409, "pending copy")).IsTransient);
    }

    [Fact]
    public void Of_ServiceAway_IsTransient_AndItsAnswerIsNot()
    {
        Assert.True(StageFault.Of(new RpcException(new Status(StatusCode.Unavailable, "no connection"))).IsTransient);
        var answer = StageFault.Of(new RpcException(new Status(StatusCode.FailedPrecondition, "/pictures/1.jpg: no such picture")));
        Assert.False(answer.IsTransient);
        Assert.Equal("/pictures/1.jpg: no such picture", answer.Message);
    }

    [Fact]
    public void Of_BadInput_IsFinal()
    {
        Assert.False(StageFault.Of(new FileNotFoundException("images/1.jpg")).IsTransient);
        Assert.False(StageFault.Of(new InvalidDataException("no images")).IsTransient);
        Assert.False(StageFault.Of(new RequestFailedException(403, "denied")).IsTransient);
    }
}
