using QatPipeline.Stages;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddPipeline(pipeline => pipeline.AddStage<OptimizeStage>());

var app = builder.Build();
app.MapDefaultEndpoints();
app.Run();
