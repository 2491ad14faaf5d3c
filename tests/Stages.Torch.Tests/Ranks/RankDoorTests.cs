using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using QatPipeline.Runs.Json;
using QatPipeline.Stages.Torch.Ranks;

namespace QatPipeline.Stages.Torch.Tests.Ranks;

public sealed class RankDoorTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Door_ByPortAndBySocket_LetsInTheRankThatHasTheKey(bool isPort)
    {
        using var door = isPort ? RankDoor.At(IPAddress.Loopback) : RankDoor.In(_folder.FullName);

        // Somebody who says nothing keeps nobody out.
        using var silent = isPort ? new TcpClient() : null;
        await (silent?.ConnectAsync(IPEndPoint.Parse(door.Address), Token).AsTask() ?? Task.CompletedTask);
        using var rank = await RankChannel.ConnectAsync(door.Address, door.Key);
        await rank.SendAsync(RankMessage.Enter, default, Token);
        using var stage = await door.Entered.WaitAsync(Token);
        await stage.SendAsync(RankMessage.Opened, new byte[] { 1, 2 }, Token);

        var (kind, content) = await rank.ReceiveAsync(Token);
        Assert.Equal(RankMessage.Opened, kind);
        Assert.Equal([1, 2], content);
    }

    [Fact]
    public async Task Door_WithoutTheKey_StaysShut()
    {
        using var door = RankDoor.At(IPAddress.Loopback);

        var error = await Assert.ThrowsAsync<RankChannelException>(() => RankChannel.ConnectAsync(door.Address, RankKey.Create()));

        Assert.StartsWith($"The stage of this training cannot be reached at {door.Address}: ", error.Message, StringComparison.Ordinal);
        Assert.False(door.Entered.IsCompleted);
    }

    [Fact]
    public async Task Connect_ToAStageWithoutTheKey_IsRefused()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var answering = AnswerAsync();

        var error = await Assert.ThrowsAsync<RankChannelException>(
            () => RankChannel.ConnectAsync(listener.LocalEndpoint.ToString()!, RankKey.Create()));

        Assert.EndsWith("another program answers there.", error.Message, StringComparison.Ordinal);
        await answering;

        // It sends back what the rank has proved itself with.
        async Task AnswerAsync()
        {
            using var client = await listener.AcceptTcpClientAsync(Token);
            var stream = client.GetStream();
            await stream.WriteAsync(new byte[32], Token);
            var reply = new byte[64];
            await stream.ReadExactlyAsync(reply, Token);
            await stream.WriteAsync(reply.AsMemory(32), Token);
        }
    }

    [Fact]
    public async Task Door_ForARankThatFails_KeepsWhatItSaid()
    {
        using var door = RankDoor.In(_folder.FullName);
        using var rank = await RankChannel.ConnectAsync(door.Address, door.Key);
        var said = new RankError(3, IsOfInput: true, "There are too few images.");

        await rank.SendAsync(RankMessage.Failed, JsonSerializer.SerializeToUtf8Bytes(said, PipelineJson.Compact), Token);
        var (kind, _) = await rank.ReceiveAsync(Token);

        Assert.Equal(RankMessage.Heard, kind);
        Assert.Equal(said, Assert.Single(door.Errors));
        Assert.False(door.Entered.IsCompleted);
    }
}
