using System.Globalization;
using System.Text.Json;
using QatPipeline.Contracts.Specification;
using QatPipeline.Contracts.V1;
using QatPipeline.Runs.Execution;
using QatPipeline.Runs.Json;
using QatPipeline.TestSupport.Infrastructure;
using RabbitMQ.Client;

namespace QatPipeline.AppHost.Tests;

/// <summary>What in <c>samples/triggers</c> needs no running system.</summary>
public sealed class TriggerFileTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RabbitMqAdmin_PublishesTheFile()
    {
        Assert.SkipUnless(RabbitMqProcess.IsAvailable, RabbitMqProcess.SkipReason);
        Assert.SkipUnless(
            await SampleScript.SucceedsAsync("rabbitmqadmin", "--version"), "rabbitmqadmin is not installed: it comes with RabbitMQ");
        using var broker = await RabbitMqProcess.StartAsync(Token, hasManagement: true);
        await using var connection = await new ConnectionFactory { Uri = new Uri(broker.ConnectionString) }.CreateConnectionAsync(Token);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Token);
        await channel.ExchangeDeclareAsync(PipelineTopology.TriggerExchange, ExchangeType.Fanout, durable: true, cancellationToken: Token);
        var queue = await channel.QueueDeclareAsync(cancellationToken: Token);
        await channel.QueueBindAsync(queue.QueueName, PipelineTopology.TriggerExchange, "", cancellationToken: Token);
        using var folder = new ScratchFolder();
        var trigger = folder.PathOf("trigger.json");
        await File.WriteAllTextAsync(trigger, TinyRun.Trigger("admin"), Token);

        await SampleScript.ExecuteAsync("bash", "rabbitmqadmin.sh", trigger, new()
        {
            ["RABBITMQ_HOST"] = "127.0.0.1",
            ["RABBITMQ_MANAGEMENT_PORT"] = broker.ManagementPort!.Value.ToString(CultureInfo.InvariantCulture),
        });

        var message = await channel.BasicGetAsync(queue.QueueName, autoAck: true, Token);
        Assert.Equal(await File.ReadAllBytesAsync(trigger, Token), message!.Body.ToArray());
    }

    [Fact]
    public async Task TriggerJson_HoldsAUsableSpecification()
    {
        using var trigger = JsonDocument.Parse(await File.ReadAllTextAsync(SampleScript.PathOf("trigger.json"), Token));
        Assert.NotNull(trigger.RootElement.GetProperty("specification").Deserialize<RunSpecification>(PipelineJson.Strict));
    }
}
